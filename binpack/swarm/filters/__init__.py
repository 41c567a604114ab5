"""The filters of Swarm's scheduler, one to a file (swarmkit ``manager/scheduler/filter.go``)."""
