"""Which devices a machine has, from what its driver lists."""

from denoise_core.jobs.scheduling.slots import devices_in

WHOLE = "GPU 0: NVIDIA H100 (UUID: GPU-5f3a0c11-aa)\nGPU 1: NVIDIA H100 (UUID: GPU-77b1-bb)\n"
DIVIDED = """GPU 0: NVIDIA A100 (UUID: GPU-5f3a0c11-aa)
  MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 3g.20gb     Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
GPU 1: NVIDIA A100 (UUID: GPU-77b1-bb)
"""


def test_a_divided_gpu_is_its_parts_and_a_whole_one_itself():
    assert devices_in(WHOLE) == ["GPU-5f3a0c11-aa", "GPU-77b1-bb"]
    assert devices_in(DIVIDED) == [
        "MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f",
        "MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb",
        "GPU-77b1-bb",
    ]
    assert devices_in("No devices were found\n") == []
