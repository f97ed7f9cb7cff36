import CMistique
import Foundation
import Mistique

/// Hands values out through the Arrow C Data Interface. Whoever gets a struct releases it; the values live as long as that takes.
enum ArrowExport {
  /// A column as Arrow has it: a format and its buffers.
  struct Field {
    var name: String
    var format: String
    var children: [Field] = []
    var length: Int
    var nullCount = 0
    /// `nil` for a validity that is not needed.
    var buffers: [UnsafeRawPointer?] = []
    /// What the buffers are parts of.
    var owners: [any Sendable] = []
  }

  /// Fills a schema in.
  static func export(schemaOf field: Field, to target: UnsafeMutablePointer<ArrowSchema>) {
    let owner = SchemaOwner(field)
    target.pointee = ArrowSchema(
      format: UnsafePointer(owner.format), name: UnsafePointer(owner.name), metadata: nil,
      flags: field.buffers.first.map { $0 != nil } ?? false ? Int64(ARROW_FLAG_NULLABLE) : 0, n_children: Int64(field.children.count),
      children: owner.children, dictionary: nil, release: releaseArrowSchema, private_data: Unmanaged.passRetained(owner).toOpaque())
  }

  /// Fills an array in.
  static func export(_ field: Field, to target: UnsafeMutablePointer<ArrowArray>) {
    let owner = ArrayOwner(field)
    target.pointee = ArrowArray(
      length: Int64(field.length), null_count: Int64(field.nullCount), offset: 0, n_buffers: Int64(field.buffers.count),
      n_children: Int64(field.children.count), buffers: owner.buffers, children: owner.children, dictionary: nil,
      release: releaseArrowArray,
      private_data: Unmanaged.passRetained(owner).toOpaque())
  }
}

/// The memory of an exported schema.
private final class SchemaOwner {
  let format: UnsafeMutablePointer<CChar>?
  let name: UnsafeMutablePointer<CChar>?
  let children: UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>
  private let count: Int

  init(_ field: ArrowExport.Field) {
    format = strdup(field.format)
    name = strdup(field.name)
    count = field.children.count
    children = .allocate(capacity: max(1, count))
    for (place, child) in field.children.enumerated() {
      let target = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
      ArrowExport.export(schemaOf: child, to: target)
      (children + place).initialize(to: target)
    }
  }

  deinit {
    for place in 0..<count {
      guard let child = children[place] else { continue }
      // One that somebody moved away has no release any more.
      if let release = child.pointee.release { release(child) }
      child.deallocate()
    }
    children.deallocate()
    free(format)
    free(name)
  }
}

/// The memory of an exported array.
private final class ArrayOwner {
  let buffers: UnsafeMutablePointer<UnsafeRawPointer?>
  let children: UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>
  private let count: Int
  private let owners: [any Sendable]

  init(_ field: ArrowExport.Field) {
    owners = field.owners
    count = field.children.count
    buffers = .allocate(capacity: max(1, field.buffers.count))
    for (place, buffer) in field.buffers.enumerated() { (buffers + place).initialize(to: buffer) }
    children = .allocate(capacity: max(1, count))
    for (place, child) in field.children.enumerated() {
      let target = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
      ArrowExport.export(child, to: target)
      (children + place).initialize(to: target)
    }
  }

  deinit {
    for place in 0..<count {
      guard let child = children[place] else { continue }
      if let release = child.pointee.release { release(child) }
      child.deallocate()
    }
    children.deallocate()
    buffers.deallocate()
  }
}

private func releaseArrowSchema(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
  guard let schema, let data = schema.pointee.private_data else { return }
  schema.pointee.release = nil
  schema.pointee.private_data = nil
  Unmanaged<SchemaOwner>.fromOpaque(data).release()
}

private func releaseArrowArray(_ array: UnsafeMutablePointer<ArrowArray>?) {
  guard let array, let data = array.pointee.private_data else { return }
  array.pointee.release = nil
  array.pointee.private_data = nil
  Unmanaged<ArrayOwner>.fromOpaque(data).release()
}
