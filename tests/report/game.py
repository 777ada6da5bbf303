#!/usr/bin/env python3
"""game.py [FRAMES [SEED]]: writes the memory log of a game that was never played: the same for the same numbers. For tests, and for looking at the page.

Fights fill physics and particles for half a second, cameras cut, levels stream in while the old ones are still there; now and then a budget is too small.
"""
import json
import math
import random
import sys

KIB, MIB = 1024, 1024 * 1024
LIMITS = {"physics": 2 * MIB, "physics/contacts": 1 * MIB, "render": 5 * MIB, "render/particles": 2 * MIB, "audio": 512 * KIB, "ai": 1 * MIB, "streaming": 8 * MIB, "untagged": None}

DECLARATION = """struct game_memory : alloy::allocator<
    alloy::tagging::scoped<"physics", "physics/contacts", "render", "render/particles", "audio", "ai", "streaming">,
    alloy::budget::hard<20 * alloy::MiB>,
    alloy::budget::per_tag<alloy::budget::limit<"physics", 2 * alloy::MiB>, alloy::budget::limit<"physics/contacts", 1 * alloy::MiB>,
                           alloy::budget::limit<"render", 5 * alloy::MiB>, alloy::budget::limit<"render/particles", 2 * alloy::MiB>,
                           alloy::budget::limit<"audio", 512 * alloy::KiB>, alloy::budget::limit<"ai", 1 * alloy::MiB>,
                           alloy::budget::limit<"streaming", 8 * alloy::MiB>>,
    alloy::growth::geometric<1 * alloy::MiB>,
    alloy::tracking::boundary_metrics> {};
"""
ADVICE = [
    {"kind": "budget_unused", "tag": "audio", "what": "audio never used more than 63 % of its budget of 512 KiB.", "cure": "Give it 384 KiB, and 128 KiB to another tag.",
     "code": 'alloy::budget::limit<"audio", 384 * alloy::KiB>'},
    {"kind": "heap_poolable", "tag": "ai", "what": "Of 3,180 heap objects made under ai, 3,102 were 96 bytes or smaller.",
     "cure": "Make them in the pool, which takes a slot of 96 bytes where the heap takes 128.",
     "code": "auto path = memory.make_pooled<path_node>(from, to);  // was: memory.make_heap<path_node>(from, to)"},
    {"kind": "block_thrashing", "tag": None, "what": "A block was taken from upstream and given back in 212 of 2,000 frames.", "cure": "Keep one block longer than the frames that need it.",
     "code": "struct game_memory : alloy::allocator<\n    alloy::growth::trimmed<alloy::growth::geometric<1 * alloy::MiB>, 4 * alloy::MiB>  // keeps up to 4 MiB between frames\n    // ... the other policies as they are\n> {};"},
]


def allocator(name, tags, limits, frames, held_limit=None, every=1, sizes=None, advice=(), declaration="struct memory : alloy::allocator<> {};\n"):
    """An allocator's part of a log from `frames`: (frame, time_ns, held, [own bytes of each tag: frame, pool, heap])."""
    own = [[sum(tag) for tag in entry[3]] for entry in frames]
    used = [sum(entry) for entry in own]
    parts = {tag: [i for i, other in enumerate(tags) if other == tag or other.startswith(tag + "/")] for tag in tags}
    top = max(range(len(used)), key=used.__getitem__, default=None)
    listed = []
    for tag in tags:
        sums = [sum(entry[i] for i in parts[tag]) for entry in own]
        front = tag.rpartition("/")[0]
        limit = limits.get(tag)
        listed.append({"name": tag, "parent": front or None, "limit": limit, "peak": max(sums, default=0),
                       "refusals": 0, "frames_over": None if limit is None else sum(n > limit for n in sums)})
    out = {
        "name": name, "declaration": declaration, "held_limit": held_limit, "thread_limit": None, "used_limit": None, "frame_limit": None, "own_bytes": 24 * len(tags), "tags": listed, "every": every,
        "frames": [{"frame": n, "time_ns": t, "held": held, "used": sum_, "tags": entry} for (n, t, held, entry), sum_ in zip(frames, used)],
        "peaks": {"used": used[top] if used else 0, "held": max((entry[2] for entry in frames), default=0), "frame": None if top is None else frames[top][0],
                  "tags": [[0, 0, 0] for _ in tags] if top is None else frames[top][3]},
        "totals": {"frames": len(frames) * every, "upstream_requests": 61, "upstream_refused": 0, "refusals": 0}, "advice": list(advice),
    }
    if sizes is not None:
        out["sizes"] = [{"upto": upto, "count": n} for upto, n in sizes]
    return out


def game(frames=2000, seed=7, name="game::memory", advice=ADVICE):
    random.seed(seed)
    fights = sorted(random.sample(range(100, max(101 + 9, frames - 100)), 9)) if frames > 300 else [frames // 2]
    loads = [int(frames * part) for part in (0.23, 0.52, 0.8)]
    tags = list(LIMITS)
    out, time, held, idle, chunk, scene, minds, voices = [], 0, 4 * MIB, 0, 2.6 * MIB, 2.4 * MIB, 380 * KIB, 250 * KIB
    for n in range(frames):
        heat = sum(math.exp(-(n - fight) / 26) * (0.55 + (i * 7 % 5) / 6) for i, fight in enumerate(fights) if 0 <= n - fight < 150)
        if n % 340 == 170:
            scene = random.uniform(1.7, 3.1) * MIB  # the camera cuts
        loading = next((n - load for load in loads if 0 <= n - load < 90), None)
        if loading is not None:
            stream = chunk + min(1, loading / 60) * 4.2 * MIB * (1.18 if load_is_last(n, loads) else 1)
        else:
            if n and next((True for load in loads if n - load == 90), False):
                chunk = random.uniform(2.2, 3.4) * MIB
            stream = chunk
        if n % 120 == 0:
            minds = min(840 * KIB, minds + random.uniform(5, 50) * KIB)
        voices = max(180 * KIB, min(322 * KIB, voices + random.choice((-4, 0, 0, 4)) * KIB))
        wave = 1 + 0.08 * math.sin(n / 37) + random.uniform(-0.03, 0.03)
        thinking = random.uniform(80, 240) * KIB if n % 120 < 6 else random.uniform(8, 24) * KIB
        moment = {
            "physics": [620 * KIB * wave, 180 * KIB + 60 * KIB * heat, 0],
            "physics/contacts": [(110 + 720 * heat) * KIB * random.uniform(0.9, 1.1), 24 * KIB, 0],
            "render": [scene * wave, 210 * KIB, 96 * KIB],
            "render/particles": [(150 + 1150 * heat) * KIB * random.uniform(0.93, 1.07), 0, 0],
            "audio": [16 * KIB, voices, 0],
            "ai": [thinking, minds, 40 * KIB],
            "streaming": [48 * KIB, 0, stream],
            "untagged": [30 * KIB * wave, 12 * KIB, 0],
        }
        entry = [[int(part) // 16 * 16 for part in moment[tag]] for tag in tags]
        used = sum(map(sum, entry))
        blocks = math.ceil(used * 1.08 / MIB) * MIB
        held, idle = (max(held, blocks), 0) if blocks >= held else (held, idle + 1)
        if idle > 180 and blocks + 2 * MIB < held:
            held, idle = max(blocks + MIB, held - 3 * MIB), 0
        time += int(1e9 / 60 * random.uniform(0.985, 1.015) + (4e6 if loading is not None and loading < 60 else 0))
        out.append((n, time, held, entry))
    sizes = [(8, 1210), (16, 48230), (24, 61404), (32, 83118), (48, 70522), (64, 91377), (96, 44020), (128, 30911), (192, 18204), (256, 12655), (384, 6100), (512, 4411), (1024, 2950), (2048, 1301),
             (4096, 870), (16384, 402), (65536, 121), (262144, 37), (1048576, 12), (None, 3)]
    return allocator(name, tags, LIMITS, out, held_limit=20 * MIB, sizes=sizes, advice=advice, declaration=DECLARATION)


def load_is_last(n, loads):
    return n >= loads[-1]


def flat(tags=64, frames=400, limits=True, name="many::memory", seed=3):
    """Tags without a hierarchy, few large and many small."""
    random.seed(seed)
    names = [f"system_{i:02}" for i in range(tags)]
    out = []
    for n in range(frames):
        entry = [[int(256 * KIB / (1 + i) * (1 + 0.3 * math.sin(n / (20 + i)) + random.uniform(-0.05, 0.05))) // 16 * 16, i * 64, 0] for i in range(tags)]
        out.append((n, n * 16_666_667, 4 * MIB, entry))
    return allocator(name, names, {each: 400 * KIB // (1 + i) for i, each in enumerate(names)} if limits else {}, out)


def log(*allocators):
    return {"schema": "alloy.memory/1", "allocators": list(allocators)}


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    json.dump(log(game(*numbers)), sys.stdout)
