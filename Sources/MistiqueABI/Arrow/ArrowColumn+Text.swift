import CMistique
import Mistique

/// Texts, in Arrow's three forms, and dictionaries.
extension ArrowColumn {
  /// Offsets of 32 or 64 bits, and one buffer of UTF-8.
  func text<Offset: FixedWidthInteger>(_ type: Offset.Type, _ validity: Validity?) throws -> TextValues {
    var result = TextValues()
    guard count > 0, let offsets = try buffer(1) else { return result }
    let size = MemoryLayout<Offset>.size
    func offset(_ row: Int) -> Int { Int(truncatingIfNeeded: offsets.loadUnaligned(fromByteOffset: (first + row) * size, as: Offset.self)) }
    let (start, end) = (offset(0), offset(count))
    guard start >= 0, end >= start else { throw unsoundOffsets(start, end) }
    let bytes = try buffer(2, optional: end == start)
    // What the offsets claim may be anything.
    result.reserve(values: count, bytes: min(end - start, 1 << 24))
    var begin = start
    for row in 0..<count {
      let next = offset(row + 1)
      guard next >= begin, next <= end else { throw unsoundOffsets(begin, next) }
      if validity.map({ $0[row] }) ?? true, let bytes {
        result.append(utf8: try checked(UnsafeRawBufferPointer(start: bytes + begin, count: next - begin), row))
      } else {
        result.append(utf8: EmptyCollection<UInt8>())
      }
      begin = next
    }
    return result
  }

  /// Views of 16 bytes: the length, then the text itself, or its beginning and where the whole of it is.
  func textViews(_ validity: Validity?) throws -> TextValues {
    var result = TextValues()
    guard count > 0, let views = try buffer(1) else { return result }
    let others = Int(clamping: array.n_buffers) - 3
    guard others >= 0 else { throw invalid("it has \(array.n_buffers) buffers", "Cast it to large_string.") }
    // The last buffer holds the sizes of those before it.
    let sizes = try buffer(2 + others, optional: others == 0)
    result.reserve(values: count, bytes: 0)
    for row in 0..<count {
      guard validity.map({ $0[row] }) ?? true else {
        result.append(utf8: EmptyCollection<UInt8>())
        continue
      }
      let view = views + (first + row) * 16
      let length = Int(view.loadUnaligned(as: Int32.self))
      if (0...12).contains(length) {
        result.append(utf8: try checked(UnsafeRawBufferPointer(start: view + 4, count: length), row))
        continue
      }
      let index = Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self))
      let offset = Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self))
      guard length > 0, (0..<others).contains(index), offset >= 0, let sizes,
        offset + length <= Int(sizes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)), let bytes = try buffer(2 + index)
      else { throw unsoundOffsets(offset, length) }
      result.append(utf8: try checked(UnsafeRawBufferPointer(start: bytes + offset, count: length), row))
    }
    return result
  }

  /// A text, which must be UTF-8: what reads it would show other characters.
  private func checked(_ text: UnsafeRawBufferPointer, _ row: Int) throws -> UnsafeRawBufferPointer {
    guard text.allSatisfy({ $0 < 0x80 }) || String(validating: text, as: UTF8.self) != nil else {
      throw invalid("the text of row \(row) is not UTF-8", "Convert it to UTF-8; bytes that are no text are stored as an array of uint8.")
    }
    return text
  }

  private func unsoundOffsets(_ begin: Int, _ end: Int) -> InterfaceError {
    invalid(
      "its texts are at \(begin) to \(end) of their buffer, which cannot be", "Hand over a sound array; pyarrow: array.validate(full=True)."
    )
  }

  /// A column of codes, each of which stands for a value of a dictionary (pandas' categories).
  func decoded(_ dictionarySchema: UnsafeMutablePointer<ArrowSchema>, _ validity: Validity?) throws -> Column {
    guard let dictionary = array.dictionary else { throw invalid("its dictionary is missing", "Hand over an array with its dictionary.") }
    let entries = try ArrowColumn(
      schema: dictionarySchema, array: dictionary, offset: 0, count: Int(clamping: dictionary.pointee.length), place: "\(place), dictionary"
    ).column()
    let codes = Column(try values(validity), validity: validity)
    guard let numbers = codes.integers else { throw invalid("its codes are no integers", "Cast it to the type of its values.") }
    var places = [Int](repeating: 0, count: count)
    for row in 0..<count where codes.isPresent(row) {
      guard let place = Int(exactly: numbers[row]), (0..<entries.count).contains(place) else {
        throw invalid("row \(row) has the code \(numbers[row]) of \(entries.count)", "Hand over a sound array.")
      }
      places[row] = place
    }
    guard entries.count > 0 else {
      return Column(.text(TextValues([String](repeating: "", count: count))), validity: Validity(count: count, present: false))
    }
    let gathered = entries.gather(places)
    var present = Validity(count: count, present: true)
    for row in 0..<count where !codes.isPresent(row) || !gathered.isPresent(row) { present[row] = false }
    return Column(gathered.values, validity: present)
  }
}
