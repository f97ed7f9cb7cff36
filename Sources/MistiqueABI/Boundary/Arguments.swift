import CMistique
import Foundation
import Mistique

/// Checks of what a caller passes.
enum Arguments {
  /// More rows than any intermediate has: a count beyond it is a mistake, and memory for it could not be had.
  static let mostRows: Int64 = 1 << 31

  static func text(_ text: UnsafePointer<CChar>?, _ argument: String) throws -> String {
    guard let text else { throw InterfaceError.missing(argument) }
    guard let valid = String(validatingCString: text) else {
      throw InterfaceError.invalid("it is not UTF-8", at: argument, remedy: "Pass UTF-8 that ends with a zero byte.")
    }
    return valid
  }

  /// A text that names something.
  static func name(_ text: UnsafePointer<CChar>?, _ argument: String) throws -> String {
    let name = try self.text(text, argument)
    guard !name.isEmpty else { throw InterfaceError.invalid("it is empty", at: argument, remedy: "Pass a name.") }
    return name
  }

  static func output<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ argument: String) throws -> UnsafeMutablePointer<Value> {
    guard let pointer else { throw InterfaceError.missing(argument) }
    return pointer
  }

  static func count(_ count: Int64, _ argument: String) throws -> Int {
    guard (0...mostRows).contains(count) else {
      throw InterfaceError.invalid("a count of \(count)", at: argument, remedy: "Pass 0 to \(mostRows).")
    }
    return Int(count)
  }

  static func ids(_ ids: UnsafePointer<Int64>?, count: Int64, _ argument: String) throws -> [Int64] {
    let count = try self.count(count, argument)
    guard count > 0 else { return [] }
    guard let ids else { throw InterfaceError.missing(argument) }
    return Array(UnsafeBufferPointer(start: ids, count: count))
  }

  /// The rows of a question: all where `ids` is NULL.
  static func rows(_ ids: UnsafePointer<Int64>?, count: Int64) throws -> RowRequest {
    guard ids != nil else { return .all }
    let ids = try self.ids(ids, count: count, "ids")
    if let twice = RowIDs.list(ids).duplicate {
      throw InterfaceError.invalid("row_id \(twice) is asked for twice", at: "ids", remedy: "Ask for each row once.")
    }
    return .ids(ids)
  }

  static func keys(_ keys: UnsafePointer<UnsafePointer<CChar>?>?, count: Int64) throws -> [IntermediateKey] {
    guard (1...100_000).contains(count) else {
      throw InterfaceError.invalid("\(count) keys", at: "keys", remedy: "Ask for 1 to 100,000 keys.")
    }
    guard let keys else { throw InterfaceError.missing("keys") }
    return try (0..<Int(count)).map { try IntermediateKey(try text(keys[$0], "keys[\($0)]")) }
  }

  /// A struct that may have been compiled against an older header: what that does not have is zero.
  ///
  /// - Parameter first: the size that the struct had in the first header.
  static func grown<Value: BitwiseCopyable>(_ pointer: UnsafePointer<Value>, size: Int, first: Int, zero: Value, _ argument: String) throws
    -> Value
  {
    // Part of a pointer is none.
    guard size == first || size == MemoryLayout<Value>.stride else {
      try structSize(size, of: Value.self, argument)
      return zero
    }
    var value = zero
    withUnsafeMutableBytes(of: &value) { $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: size)) }
    return value
  }

  /// Holds the size that a caller gives a struct against the library's.
  static func structSize<Value>(_ size: Int, of type: Value.Type, _ argument: String) throws {
    let known = MemoryLayout<Value>.stride
    guard size == known else {
      throw InterfaceError.invalid(
        "struct_size is \(size), and this library's is \(known)", at: argument,
        remedy: "Set it to sizeof the struct, and use the header of this library (version \(MISTIQUE_ABI_VERSION)).")
    }
  }
}
