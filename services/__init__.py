"""The services of the platform, each in a folder of its own. They share the contracts and the chassis, nothing else."""
