import CMistique
import Mistique

/// A record batch that a caller hands over through the Arrow C Data Interface: an array of type struct.
///
/// Owns both structs from the call on and releases them in any case, as Arrow has it for whoever takes them.
struct ArrowFrame: ~Copyable {
  private let schema: UnsafeMutablePointer<ArrowSchema>?
  private let array: UnsafeMutablePointer<ArrowArray>?

  init(_ schema: UnsafeMutablePointer<ArrowSchema>?, _ array: UnsafeMutablePointer<ArrowArray>?) {
    self.schema = schema
    self.array = array
  }

  deinit {
    if let array, let release = array.pointee.release { release(array) }
    if let schema, let release = schema.pointee.release { release(schema) }
  }

  /// Copies the columns.
  ///
  /// - Throws: `InterfaceError` (`MISTIQUE_INVALID`) for what is no record batch, and for values that no column holds exactly.
  func columns(of frame: String) throws -> (rows: Int, columns: [(name: String, column: Column)]) {
    guard let schema else { throw InterfaceError.missing("schema") }
    guard let array else { throw InterfaceError.missing("array") }
    func invalid(_ what: String, _ remedy: String) -> InterfaceError { .invalid(what, at: frame, remedy: remedy) }
    guard schema.pointee.release != nil, array.pointee.release != nil else {
      throw invalid("its Arrow structs were released before", "Hand over structs once, before anybody releases them.")
    }
    guard try Arguments.text(schema.pointee.format, "format") == "+s" else {
      throw invalid("it is no record batch", "Hand over an array of type struct (format \"+s\"), whose children are the columns.")
    }
    let (top, count) = (array.pointee, array.pointee.n_children)
    guard (0...1_000_000).contains(count), count == schema.pointee.n_children,
      count == 0 || (top.children != nil && schema.pointee.children != nil)
    else {
      throw invalid(
        "its schema has \(schema.pointee.n_children) columns and its array \(count)", "Hand over a schema and an array that fit.")
    }
    guard (0...Arguments.mostRows).contains(top.length), (0...Arguments.mostRows).contains(top.offset) else {
      throw invalid("\(top.length) rows from \(top.offset) on", "Hand over fewer rows at a time.")
    }
    if top.null_count != 0, top.n_buffers > 0, let bitmap = top.buffers?[0] {
      let present = ArrowBits(bitmap, offset: Int(top.offset))
      if let row = (0..<Int(top.length)).first(where: { !present[$0] }) {
        throw invalid("row \(row) of it is null as a whole", "Hand over a table, or drop such rows.")
      }
    }
    let columns = try (0..<Int(count)).map { place -> (name: String, column: Column) in
      guard let childSchema = schema.pointee.children[place], let child = top.children[place] else {
        throw InterfaceError.missing("column \(place)")
      }
      let name = childSchema.pointee.name == nil ? "" : try Arguments.text(childSchema.pointee.name, "the name of column \(place)")
      let reader = try ArrowColumn(
        schema: childSchema, array: child, offset: Int(top.offset), count: Int(top.length), place: "\(frame), column \"\(name)\"")
      return (name, try reader.column())
    }
    if let twice = columns.map(\.name).firstRepeatedName {
      throw invalid("two columns are called \"\(twice)\"", "Rename one of them.")
    }
    return (Int(top.length), columns)
  }
}

/// A bitmap of Arrow's: least significant bit first.
struct ArrowBits {
  private let bytes: UnsafeRawPointer
  private let offset: Int

  init(_ bytes: UnsafeRawPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  subscript(place: Int) -> Bool {
    let bit = offset + place
    return bytes.load(fromByteOffset: bit >> 3, as: UInt8.self) & (1 << UInt8(bit & 7)) != 0
  }
}
