"""Damage to a file's bytes, decided by a seed alone."""

from __future__ import annotations

from random import Random

#: What sizes, addresses and counts are replaced by, as 8 bytes.
LIMITS = (0, 1, 0x7F, 0xFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40, 2**63 - 1, 2**63, 2**64 - 1)


def place(content: bytearray, random: Random) -> int:
    """Mostly one that holds something: HDF5 leaves much room empty."""
    position = random.randrange(len(content))
    if random.random() < 0.8:
        for _ in range(64):
            if content[position] != 0:
                break
            position = random.randrange(len(content))
    return position


def change_byte(content: bytearray, random: Random) -> None:
    position = place(content, random)
    old = content[position]
    content[position] = random.choice((random.randrange(256), old ^ 1 << random.randrange(8), 0, 255, (old + 1) % 256))


def change_number(content: bytearray, random: Random) -> None:
    size = random.choice((2, 4, 8))
    position = place(content, random) // size * size
    content[position : position + size] = random.choice(LIMITS).to_bytes(8, "little")[:size]


def copy_block(content: bytearray, random: Random) -> None:
    size = random.randrange(1, 65)
    source, target = place(content, random), place(content, random)
    content[target : target + size] = content[source : source + size]


def cut_out(content: bytearray, random: Random) -> None:
    position = place(content, random)
    del content[position : position + random.randrange(1, 65)]


def cut_off(content: bytearray, random: Random) -> None:
    del content[random.randrange(1, len(content)) :]


#: Changes and how often each is made, in relation to the others.
CHANGES = ((change_byte, 60), (change_number, 25), (copy_block, 10), (cut_out, 3), (cut_off, 2))


def mutated(original: bytes, seed: int) -> bytes:
    """Changed in one place to eight."""
    random = Random(seed)
    content = bytearray(original)
    changes, weights = zip(*CHANGES, strict=True)
    for _ in range(random.choice((1, 1, 1, 2, 3, 5, 8))):
        random.choices(changes, weights)[0](content, random)
    return bytes(content)
