"""Reads a Mistique store without Mistique, from what Format.md says of its bytes. Needs NumPy, libzstd.so.1 and libxxhash.so.0.

read_store.py STORE                           verifies every partition and says what is there
read_store.py STORE PARTITION INDEX [X.npz]   prints, or saves, the intermediate of that manifest; printed arrays are base64 of their bytes
"""
import base64, json, sys
from pathlib import Path
import numpy as np
from frame_encodings import Reader, bitmap_bytes, bits_of, check, decode, ladder, unpack, xxh64, xxh128, zstd

class Partition:
    def __init__(self, path):
        data, self.path, self.decoded = path.read_bytes(), path, {}
        check(data[:8] == b"MSTQPART" and data[-8:] == b"MSTQFOOT", f"{path} is not a whole partition")
        version = data[8]
        check(version in (2, 3) and not any(data[9:16]), f"{path} has another format version than 2 or 3")
        stored, size, checksum = (int(number) for number in np.frombuffer(data[-32:-8], "<u8"))
        end = len(data) - 32 - stored
        check(end >= 16 and size <= 1 << 30 and xxh64(data[end:-32], stored, 0) == checksum, f"the footer of {path} is damaged")
        name, r = xxh128(footer := zstd(data[end:-32], size), size, version), Reader(footer)
        check(f"{name.high:016x}{name.low:016x}" == path.stem, f"{path} has another name than its content")
        copy, eight = r.v(), lambda: r.word(8)
        encodings, sizes, raws, hashes = r.lists(r.word(4), r.word, r.v, r.v, eight)
        starts = np.cumsum([16] + sizes).tolist()
        self.frames = [(e, data[start:start + s], raw, h) for e, start, s, raw, h in zip(encodings, starts, sizes, raws, hashes)]
        rests = r.lists(len(sizes), r.v)[0] if version == 3 else [0] * len(sizes)
        places = (starts[-1] + np.cumsum([0] + rests)).tolist()
        self.residuals = [(data[place:place + s], eight()) if s else None for place, s in zip(places, rests)]
        columns = r.lists(r.word(4), r.word, r.word, r.word, r.v, r.v, r.v, r.z, r.v, r.v, eight)
        columns[6] = np.cumsum(columns[6], dtype=int).tolist()
        self.chunks = list(zip(*columns))
        check(places[-1] == end and r.left() == 0, f"the directory of {path} does not fit")
    def frame(self, index):  # None for a freed one
        encoding, stored, size, checksum = self.frames[index]
        if index not in self.decoded and (xxh64(stored, len(stored), 0) == checksum or any(stored)):
            check(xxh64(stored, len(stored), 0) == checksum, f"frame {index} of {self.path} is damaged")
            rest, known = self.residuals[index] or (None, 0)
            check(rest is None or (here := any(rest)) == 0 or xxh64(rest, len(rest), 0) == known, f"the residual of frame {index} is damaged")
            self.decoded[index] = decode(encoding, stored, size) if rest is None else ladder(stored, rest if here else None, size)
        return self.decoded.get(index)
    def payload(self, index, identity=lambda type: [0]):
        kind, type, flags, rows, width, size, first, offset, per_frame, fingerprint = self.chunks[index]
        check(kind <= 4 and flags <= 1 and (1 <= type <= 8 or 17 <= type <= 24), "a chunk of an unknown kind, type or flag")
        frames = [self.frame(place) for place in range(first, first + (-(-rows // per_frame) if per_frame else 1))]
        check(None not in frames, f"chunk {index} of {self.path} lies in freed frames")
        data, seed = b"".join(frames)[offset:offset + size], type | flags << 8 | kind << 12 | width << 16 | rows << 40
        # Values without their residual are not those that were hashed.
        gone = any(self.residuals[place] and not any(self.residuals[place][0]) for place in range(first, first + len(frames)))
        known = [xxh64(data, len(data), seed & (1 << 64) - 1 ^ book) for book in identity(type)]
        check(len(data) == size and (gone or fingerprint in known), f"chunk {index} of {self.path} has another fingerprint")
        return kind, type, flags, rows, width, Reader(data)

def references(r):
    count, partitions, place, index = r.v(), r.v(), 0, -1
    names = [f"{r.word(16):032x}" for _ in range(partitions)]
    return [(names[place := place + r.z()], index := index + 1 + r.z()) for _ in range(count)]

def quantizers(r):
    found = {}
    for _ in range(r.v()):
        column, q, extrema, books = r.v(), Reader(r.take(r.v())), r.take(r.v()), []
        check((version := q.word()) <= 3, "a codebook of a version above 3")
        scheme, dtype = q.word(), TYPES[q.word()]
        check(version == {5: 2, 6: 3}.get(scheme, 1) and scheme < 7, "a codebook of an unknown scheme")
        bits, _ = q.word() if scheme == 3 else 1, q.take({3: 1, 4: 9, 5: 10, 6: 9}.get(scheme, 0))
        columns, shared = q.v(), q.v()
        for _ in range(-(-columns // shared) if scheme >= 3 else 0):
            if scheme >= 5:
                error, step, lowest = q.array(1, "<f8")[0], q.array(1, dtype)[0], -q.v()
                check(0 <= step <= 2 * error, "a step that is too wide for its bound")
                books.append(np.arange(lowest, lowest + 256).astype(dtype) * step if step else np.zeros(256, dtype))
                continue
            edges, values = q.array(bins := q.word(), dtype), q.array(bins + 1, dtype)
            books.append(np.append(values, np.repeat(values[-1:], (1 << bits) - 1 - bins)))
        check(q.left() == 0, "bytes are left over in a codebook")
        found[column] = (max(1, xxh64(q.data, len(q.data), 0)), shared, np.array(books))
    return found

TYPES = {1: "<f4", 2: "<f8", 3: "<i8", 4: "u1", 5: "<i4", 6: "<u4", 7: "<f2", 8: "<i8"}
def column(store, reference, quantizer=None, first=0):
    """Values, or lengths of texts, rows x width; the texts' UTF-8; a byte a row, whether it is present, or None."""
    r = store[reference[0]].payload(reference[1])[5]
    if (tag := r.word()) == 3: return derived(store, r)
    check(tag == 1, "not a column's manifest")
    own, width, rows, per_block = r.word(), r.v(), r.v(), r.v()
    values, utf8, valid, gaps = [np.zeros((0, width), TYPES[own])], b"", [np.zeros(0, "u1")], 0
    for block, (name, index) in enumerate(references(r)):
        kind, type, flags, count, wide, data = store[name].payload(
            index, lambda type: [quantizer[0]] if type != own else [0, quantizer[0] if quantizer else 0])
        check((kind, count, wide) == (0, min(per_block, rows - block * per_block), width), "a chunk is not what its column says")
        present, gaps = bits_of(data.take(bitmap_bytes(count)))[:count] if flags else np.ones(count, "u1"), gaps | flags
        if type > 16:
            lines, length = (count, width) if width > 1 else (1, count)
            found = [unpack(data.take((length * (type - 16) + 7) // 8), length, type - 16) for _ in range(lines)]
            found = quantizer[2][np.arange(first, first + width) // quantizer[1], np.reshape(found, (count, width))]
        else: found = data.array(count * width, TYPES[type]).reshape(count, width).astype(TYPES[own])
        if type == 6: utf8 += data.take(int(found.sum()))
        check(data.left() == 0, "bytes are left over in a chunk")
        values.append(np.where(present[:, None] == 1, found, found.dtype.type(0)))
        valid.append(present)
    return np.concatenate(values), utf8, np.concatenate(valid) if gaps else None

def derived(store, r):
    """A column that follows from a stored one, as `column` gives it."""
    own, rows, operations = r.word(), r.v(), []
    for _ in range(r.v()):
        operations.append((kind := r.word(), r.take(r.v()) if kind == 1 else r.v()))
        check(kind <= 2, "an operation of an unknown kind")
    refs = references(r)
    values, utf8, valid = column(store, refs.pop(0))
    if own == 6: values = np.array([utf8[end - size:end] for end, size in zip(np.cumsum(values), values.ravel())] + [b""], object)[:-1, None]
    gap = b"" if own == 6 else values.dtype.type(0)
    for kind, detail in operations:
        present = np.ones(len(values), "u1") if valid is None else valid
        if kind == 0:
            picked = column(store, refs.pop(0))[0].ravel()
            check(len(picked) == detail and (picked >= -1).all() and (picked < len(values)).all(), "rows that are not there are picked")
            present = np.where(picked < 0, 0, np.append(present, 0)[picked]).astype("u1")
            values = np.where(present[:, None] == 1, np.append(values, [[gap]], axis=0)[picked], gap)
        elif kind == 1:
            value = detail[4:] if own == 6 else np.frombuffer(detail, TYPES[own])[0]
            values, present = np.where(present[:, None] == 1, values, value), np.ones(len(values), "u1")
        else:
            scale, added = 10.0 ** detail, column(store, refs.pop(0))[0]
            scaled = values.astype("<f8") * scale
            whole = np.trunc(scaled + np.copysign(0.5, scaled))
            values = ((whole + added) / scale).astype(TYPES[own])
        valid = None if present.all() else present
    check(len(values) == rows and not refs, "a derived column has other rows than it says")
    if own == 6: utf8, values = b"".join(values.ravel()), np.array([len(text) for text in values.ravel()], "<u4")[:, None]
    return values, utf8, valid

def intermediate(store, partition, index):
    r = store[partition].payload(index)[5]
    check(r.word() == 2, "not an intermediate's manifest")
    schema, scheme, rows, per_block = json.loads(r.take(r.v())), json.loads(r.take(r.v())), r.v(), r.v()
    start = r.array(1, "<i8") if r.word() == 0 else None
    has_codebooks, runs = r.word(), references(r)
    arrays = {"row ids": column(store, runs.pop(0))[0] if start is None else np.arange(rows) + start}
    books = quantizers(store[(at := runs.pop(0))[0]].payload(at[1])[5]) if has_codebooks else {}
    if maps := schema.get("maps"):
        step = -(-16 // (area := maps["height"] * maps["width"])) * area
        arrays["values"] = np.hstack(
            [np.zeros((rows, 0), "<f4")] + [column(store, run, books.get(0), i * step)[0] for i, run in enumerate(runs)])
    for i, (described, run) in enumerate(zip(schema["columns"]["_0"] if not maps else [], runs)):
        values, utf8, valid = column(store, run, books.get(i))
        arrays |= {f"{i}.lengths": values, f"{i}.utf8": np.frombuffer(utf8, "u1")} if described["type"] == 6 else {f"{i}.values": values}
        if valid is not None: arrays[f"{i}.valid"] = valid
    return {"schema": schema, "scheme": scheme, "arrays": arrays}

def main(folder, partition=None, index=0, output=None):
    store = {path.stem: Partition(path) for path in sorted(Path(folder).glob("partitions/??/*.mqp"))}
    if partition:
        found = intermediate(store, partition, int(index))
        if output: return np.savez(output, **found["arrays"])
        found["arrays"] = {name: base64.b64encode(array.tobytes()).decode() for name, array in found["arrays"].items()}
        return print(json.dumps(found))
    frames = [file.frame(place) for file in store.values() for place in range(len(file.frames))]
    chunks = [(chunk[0], chunk[6], file, place) for file in store.values() for place, chunk in enumerate(file.chunks)]
    records = [(kind, file, place) for kind, first, file, place in chunks if kind and file.frame(first) is not None]
    manifests = [f"{file.path.stem} {at}" for kind, file, at in records if kind == 1 and file.payload(at)[5].word() == 2]
    receipts = [file.payload(at)[5].data.decode() for kind, file, at in records if kind == 4]
    print(json.dumps(dict(partitions=len(store), frames=len(frames), freed=frames.count(None), manifests=manifests, receipts=receipts)))

if __name__ == "__main__": main(*sys.argv[1:])
