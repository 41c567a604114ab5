"""The era of Docker Swarm: containers, plus an odd number of managers on machines of their own choosing."""

from __future__ import annotations

from binpack.eras.compilation import Compiled, Piece, compile_problem
from binpack.eras.containers import Containers, hypervisor_charges, image_charges
from binpack.eras.era import Setting
from binpack.plan import Charge
from binpack.units import CPU, MEMORY


class DockerSwarm(Containers):
    """Managers stand on different physical machines and take tasks too. A task runs where its kernel family is."""

    name = "docker_swarm"
    title = "Docker Swarm"
    starts = "seconds"
    orchestrated = True
    mixes_families = False

    def compile(self, setting: Setting) -> Compiled:
        """Containers' boxes and forms, at least as many machines as managers."""
        boxes = [self.box(machine, os, setting) for machine in setting.machines for os in setting.families]
        pieces = [piece for a in setting.workload.placed for piece in self.forms(a, setting)]
        return compile_problem(
            boxes,
            [*pieces, *self.system(setting)],
            [*image_charges(pieces), *hypervisor_charges(pieces, setting)],
            minimum_boxes=setting.options.managers,
            headroom=setting.options.headroom,
        )

    def system(self, setting: Setting) -> list[Piece]:
        """The managers: one a machine."""
        overheads = setting.overheads
        charges = tuple(
            Charge("control_plane", overheads.source(f"swarm_manager.{r}"), r, overheads[f"swarm_manager.{r}"])
            for r in (CPU, MEMORY)
        )
        families = setting.families
        return [Piece("manager", setting.options.managers, {}, charges=charges, runs_on=families, max_per_box=1)]
