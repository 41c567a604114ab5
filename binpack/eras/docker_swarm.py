"""The era of Docker Swarm: containers, plus an odd number of managers on machines of their own choosing."""

from __future__ import annotations

from binpack.eras.containers import Containers
from binpack.eras.era import Setting
from binpack.eras.layers.charges import charges_of
from binpack.eras.packing.compilation import Piece
from binpack.units import CPU, MEMORY


class DockerSwarm(Containers):
    """Managers stand on different physical machines and take tasks too. A task runs where its kernel family is."""

    name = "docker_swarm"
    title = "Docker Swarm"
    starts = "seconds"
    orchestrated = True
    mixes_families = False

    def system(self, setting: Setting) -> list[Piece]:
        """The managers: one a machine."""
        managers, families = setting.options.managers, setting.host_families
        charges = charges_of("control_plane", "swarm_manager", (CPU, MEMORY), setting.overheads)
        return [Piece("manager", managers, {}, charges=charges, runs_on=families, max_per_box=1)]

    def minimum_machines(self, setting: Setting) -> int:
        """As many machines as managers."""
        return setting.options.managers
