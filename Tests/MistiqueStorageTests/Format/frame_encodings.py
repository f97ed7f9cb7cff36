"""Decodes the frames of a Mistique store without Mistique, from what Format.md says of their bytes."""
import ctypes, zlib
import numpy as np

class Hash128(ctypes.Structure): _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]
def foreign(library, name, *types): return ctypes.CFUNCTYPE(*types)((name, ctypes.CDLL(library)))
BYTES, SIZE, U64 = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64
decompress = foreign("libzstd.so.1", "ZSTD_decompress", SIZE, BYTES, SIZE, BYTES, SIZE)
xxh64 = foreign("libxxhash.so.0", "XXH3_64bits_withSeed", U64, BYTES, SIZE, U64)
xxh128 = foreign("libxxhash.so.0", "XXH3_128bits_withSeed", Hash128, BYTES, SIZE, U64)

def check(condition, what):
    if not condition: raise SystemExit(f"error: {what}")
def zstd(data, size):
    check(decompress(output := ctypes.create_string_buffer(size + 1), size, data, len(data)) == size, f"not {size} bytes of zstd")
    return output.raw[:size]
def bitmap_bytes(rows): return (rows + 63) // 64 * 8
def bits_of(data): return np.unpackbits(np.frombuffer(data, "u1"), bitorder="little")
def unpack(data, count, bits):  # all there are for None
    return bits_of(data)[:len(data) * 8 if count is None else count * bits].reshape(-1, bits) @ (1 << np.arange(bits))

class Reader:
    def __init__(self, data): self.data, self.position = bytes(data), 0
    def left(self): return len(self.data) - self.position
    def take(self, count):
        check(0 <= count <= self.left(), "bytes are missing")
        self.position += count
        return self.data[self.position - count:self.position]
    def array(self, count, dtype): return np.frombuffer(self.take(count * np.dtype(dtype).itemsize), dtype)
    def word(self, count=1): return int.from_bytes(self.take(count), "little")
    def v(self): return byte if (byte := self.word()) < 128 else byte - 128 + (self.v() << 7)
    def z(self): return -(number + 1 >> 1) if (number := self.v()) & 1 else number >> 1
    def lists(self, count, *reads): return [[read() for _ in range(count)] for read in reads]
    def rows(self, count, width): return [[self.v() for _ in range(width)] for _ in range(count)]
    def stream(self, count): return data if len(data := self.take(self.v())) == count else zstd(data, count)
    def plane(self, count, dtype): return np.frombuffer(self.stream(count), "u1").astype(dtype)

def decode(encoding, stored, size):
    check(encoding <= 12, f"a frame has encoding {encoding}, which takes a newer reader")
    body = {3: floats, 4: floats, 5: floats, 10: texts, 11: differences, 12: neighbours}.get(encoding, words)
    simple = [lambda: stored, lambda: zlib.decompress(stored, 31), lambda: zstd(stored, size)][encoding:encoding + 1]
    raw = simple[0]() if simple else body(reader := Reader(stored), size, {3: 4, 4: 2, 5: 1, 7: 2, 8: 4, 9: 8}.get(encoding, 1))
    check(len(raw) == size and (simple or reader.left() == 0), f"a frame has {len(raw)} bytes instead of {size}, or some are left over")
    return bytes(raw)

def ladder(base, residual, size):  # within the bound where the residual is None
    r, count = Reader(base), size // 4
    step, lowest, tag = r.array(1, "<f4")[0], -r.v(), r.word()
    multiples = np.frombuffer(decode(tag, r.take(r.left()), count), "u1").astype("i4") + lowest
    if residual is None: return (multiples.astype("<f4") * step).tobytes()
    r, origin = Reader(residual), np.float32(1.5 * 2 ** 23)
    zeros, tag = r.v(), r.word()
    check(zeros == (multiples == 0).sum(), "a residual does not fit its base")
    near = np.frombuffer(decode(tag, r.take(r.v()), 4 * zeros), "<u4")
    place = lambda value: np.float32(value * (1 / step)) + (origin - np.float32(lowest)) - origin
    starts = []
    for multiple in range(1, 257):
        value = np.float32(multiple - 0.5) * step
        while place(value) >= multiple - lowest: value = np.nextafter(value, np.float32(0))
        while place(value) < multiple - lowest: value = np.nextafter(value, np.float32(np.inf))
        starts.append(int(value.view("u4")))
    first = np.append(0, starts[:-1])[abs(multiples)].astype("u4") | (multiples < 0).astype("u4") << 31
    width = np.append(0, [int(b - a - 1).bit_length() for a, b in zip(starts, starts[1:])])[abs(multiples)]
    ends = np.cumsum(width)
    bits = np.append(bits_of(r.take(r.left())), np.zeros(32, "u1"))
    check(len(bits) - 32 == -(-int(ends[-1]) // 8) * 8, "a residual does not fit its base")
    number = sum((np.where(bit < width, bits[ends - width + bit], 0).astype("u4") << np.uint32(bit) for bit in range(24)), np.zeros(count, "u4"))
    values = (first + number).astype("<u4")
    values[multiples == 0] = near
    return values.tobytes()

def floats(r, size, width):
    count, flags, kept = size // width, r.word(), r.v()
    mask = bits_of(r.stream((count + 7) // 8)) if flags & 1 else np.ones(count, "u1")
    check(flags <= 3 and mask.sum() == kept and not mask[count:].any(), "flags or mask of a frame do not fit")
    values, packed = r.plane(kept, "u4"), kept // 512 * 448
    if width > 1:
        middle = r.array(kept, "<u2").astype("u4") << 7 if width == 4 else 0
        low = r.array(kept if flags & 2 else packed + kept % 512, "u1").astype("u4")
        if not flags & 2:
            last = ((rows := low[:packed].reshape(-1, 7, 64)) >> 7 << np.arange(7, dtype="u4")[:, None]).sum(1, "u4", keepdims=True)
            low = np.append(np.append(rows & 127, last, 1), low[packed:])
        values = low >> 7 << 8 * width - 1 | values << (23 if width == 4 else 7) | middle | low & 127
    output = np.zeros(count, f"<u{width}")
    output[mask[:count] == 1] = values
    return output.tobytes()

def neighbours(r, size, _):
    squares, first = r.word(), r.word()
    line = r.v() if squares else 0
    check(squares <= 1 and line % 2 == 0 and size > 0, "neighbouring codes in an unknown arrangement")
    escaped, last, squared = r.v(), 3 if squares else 15, size // (2 * line) * 2 * line if line else 0
    symbols = unpack(r.stream(squared // 4 + (size - squared + 3) // 4 if squares else (size + 1) // 2), None, 2 if squares else 4)
    upper_and_lower = symbols[:squared].reshape(-1, max(1, line // 2), 2, 2).transpose(0, 2, 1, 3).reshape(-1)
    symbols = np.append(upper_and_lower, symbols[squared:size])
    output, escapes = (symbols + first).astype("u1"), np.frombuffer(r.stream(escaped), "u1")
    check((symbols == last).sum() == escaped, "escapes that are not there")
    output[symbols == last] = escapes
    return output.tobytes()

def planes(r, count, width):
    transform, used, dtype = r.word(), r.word(), f"<u{width}"
    check(used >> width == 0 and (transform < 2 or width == 8 and transform <= 11), "impossible planes")
    base, first = r.word(width) if transform else 0, r.word(width) if transform == 1 else 0
    exceptions = r.v() if transform > 1 else 0
    places, numbers, output = r.array(exceptions, "<u4"), r.array(exceptions, "<u8"), np.full(count, base, dtype)
    for plane in (plane for plane in range(width) if used >> plane & 1): output += r.plane(count, dtype) << 8 * plane
    if transform == 1: output = np.cumsum(np.append(np.array([first], dtype), output[1:]), dtype=dtype)
    if transform > 1: output = (output.view("<i8").astype("<f8") / 10.0 ** (transform - 2)).view("<u8")
    if exceptions: output[places] = numbers
    return output

def codes(r, count, distinct):
    bits = next((bits for bits in (1, 2, 4, 8) if distinct <= 1 << bits), 16)
    found = unpack(r.stream((count * bits + 7) // 8), count, bits) if bits < 16 else r.plane(count, "u4") + (r.plane(count, "u4") << 8)
    check(found.max(initial=0) < distinct, "a code has no entry in its dictionary")
    return found

def bitmap_differences(r, size): return Reader(r.stream(size) if size and r.word() else bytes(size))
def restore_bitmap(frame, offset, rows, width, differences):
    values = np.frombuffer(frame, f"<u{width}", rows, offset + bitmap_bytes(rows))
    prediction = np.packbits(values != 0, bitorder="little").tobytes().ljust(bitmap_bytes(rows), b"\0")
    frame[offset:offset + len(prediction)] = bytes(a ^ b for a, b in zip(prediction, differences.take(len(prediction))))

def words(r, size, width):
    first, bitmaps, end = r.word(), [], 0
    for _ in range(r.v() if first & 128 else 0):
        start, rows, more = end + r.v(), r.v(), r.v()
        stride = r.v() if more else 0
        bitmaps += [(start + i * stride, rows) for i in range(more + 1)]
        end = bitmaps[-1][0] + bitmap_bytes(rows) + rows * width
    differences, body, count = bitmap_differences(r, sum(bitmap_bytes(rows) for _, rows in bitmaps)), first & 127, size // width
    check(body <= 3, "a body of words that does not exist")
    frame = r.take(size % width if body else size)
    if body == 1: frame = r.take(width) * count + frame
    if body == 2: frame = planes(r, distinct := r.v() + 1, width)[codes(r, count, distinct)].tobytes() + frame
    if body == 3: frame = planes(r, count, width).tobytes() + frame
    frame = bytearray(frame)
    for offset, rows in bitmaps: restore_bitmap(frame, offset, rows, width, differences)
    return frame

def texts(r, size, _):
    if r.word() == 0: return r.stream(size)
    chunks = [(rows >> 1, rows & 1) for count, rows in r.rows(r.v(), 2) for _ in range(count)]
    differences, distinct = bitmap_differences(r, sum(bitmap_bytes(rows) * valid for rows, valid in chunks)), r.v() + 1
    together, frame, at = r.v(), bytearray(), 0
    lengths, text = planes(r, distinct, 4), Reader(r.stream(together))
    entries, numbers = [text.take(int(length)) for length in lengths], codes(r, sum(rows for rows, _ in chunks), distinct)
    for rows, valid in chunks:
        mine, at, start = numbers[at:at + rows], at + rows, len(frame)
        frame += bytes(bitmap_bytes(rows) * valid) + lengths[mine].tobytes()
        if valid: restore_bitmap(frame, start, rows, 4, differences)
        frame += b"".join(entries[number] for number in mine)
    return frame

def differences(r, size, _):
    encoding, listed = r.word(), r.rows(r.v(), 3)
    check(encoding != 11, "differences of differences")
    frame = np.frombuffer(bytearray(decode(encoding, r.take(r.left()), size)), "u1")
    for offset, count, reference in listed: frame[offset:offset + count] ^= frame[reference:reference + count]
    return frame
