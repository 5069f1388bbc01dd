"""Random streams by name: every draw belongs to (seed, replication, day, purpose, id), never to a position.

Two plans that share a name share the draws, so they differ only by what was changed. The generator is SFC64 (Doty-Humphrey,
PractRand; the same as numpy.random.SFC64, which the tests compare it with), written out so that compiled code can run it. The key
of a purpose and an id is hashed once with BLAKE2b; replication and day enter by a mixing step (SplitMix64, Steele, Lea & Flood
2014, Fast splittable pseudorandom number generators), so that starting a stream costs nanoseconds.

Assumes: seed, replication and day are whole numbers from 0 to 2**63 - 1. Not for secrets.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled

Words = NDArray[np.uint64]

_U = np.uint64


def stream_key(seed: int, purpose: str, name: str = "") -> Words:
    """The key of a named stream.

    Returns
    -------
    (3,) uint64
    """
    text = f"{seed}\x1f{purpose}\x1f{name}".encode()
    return np.frombuffer(hashlib.blake2b(text, digest_size=24).digest(), dtype="<u8").astype(np.uint64)


@compiled
def _mix(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> _U(30))) * _U(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> _U(27))) * _U(0x94D049BB133111EB)
    return x ^ (x >> _U(31))


@compiled
def next_word(state: Words) -> np.uint64:
    """The next 64 random bits; `state` is (4,) uint64 and moves on."""
    word: np.uint64 = state[0] + state[1] + state[3]
    state[3] += _U(1)
    state[0] = state[1] ^ (state[1] >> _U(11))
    state[1] = state[2] + (state[2] << _U(3))
    state[2] = ((state[2] << _U(24)) | (state[2] >> _U(40))) + word
    return word


@compiled
def start_stream(state: Words, key: Words, replication: int, day: int) -> None:
    """Sets `state` to the beginning of the stream of that key, replication and day."""
    state[0] = key[0] ^ _mix(_U(replication) * _U(0x9E3779B97F4A7C15) + _U(1))
    state[1] = key[1] ^ _mix(_U(day) * _U(0xD1B54A32D192ED03) + _U(2))
    state[2] = key[2]
    state[3] = _U(1)
    for _ in range(12):
        next_word(state)


@compiled
def next_uniform(state: Words) -> float:
    """The next draw, strictly inside (0, 1), in steps of 2**-52."""
    return (np.float64(next_word(state) >> _U(12)) + 0.5) * 2.0**-52


def uniforms(seed: int, purpose: str, name: str, count: int, replication: int = 0, day: int = 0) -> NDArray[np.float64]:
    """The first `count` draws of a named stream.

    Returns
    -------
    (count,) float64 inside (0, 1)
    """
    state = np.empty(4, dtype=np.uint64)
    start_stream(state, stream_key(seed, purpose, name), replication, day)
    return _fill(state, count)


@compiled
def _fill(state: Words, count: int) -> NDArray[np.float64]:
    drawn = np.empty(count)
    for i in range(count):
        drawn[i] = next_uniform(state)
    return drawn


def uniforms_of(seed: int, purpose: str, name: str, numbers: NDArray[np.int64], count: int, replication: int = 0) -> NDArray[np.float64]:
    """The first `count` draws of the stream of each number: of a citizen, whoever else there is.

    numbers : (n,) from 0 to 2**63 - 1, in the place of the day

    Returns
    -------
    (n, count) float64 inside (0, 1)
    """
    return _fill_each(stream_key(seed, purpose, name), replication, numbers, count)


@compiled
def _fill_each(key: Words, replication: int, numbers: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    state = np.empty(4, dtype=np.uint64)
    drawn = np.empty((len(numbers), count))
    for i in range(len(numbers)):
        start_stream(state, key, replication, numbers[i])
        for k in range(count):
            drawn[i, k] = next_uniform(state)
    return drawn
