"""Proofs: the agent is killed, its disk fails, its power is cut, its clock jumps; what it promises must still hold.

In every run of the tests (about two minutes and a half): a seeded sample of each. The whole of it:

    tests/run -m sweep tests/proof           every kill point, kills while recovering, 2,000 disk errors and power cuts
    tests/run -m slow tests/proof            the state machine, twenty times as long
    python -m tests.proof.kill_sweep [N]     N kill points (default all), with figures
    python -m tests.proof.disk_errors [N]    N failures of the disk (default all), with figures
    python -m tests.proof.power_cut [N]      N power cuts (default 2,000), with figures

`victim` is the agent that is killed; `tracing` drives strace, which kills it or breaks its disk.
"""
