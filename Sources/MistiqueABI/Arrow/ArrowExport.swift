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
      children: owner.children.structures, dictionary: nil, release: releaseArrowSchema,
      private_data: Unmanaged.passRetained(owner).toOpaque())
  }

  /// Fills an array in.
  static func export(_ field: Field, to target: UnsafeMutablePointer<ArrowArray>) {
    let owner = ArrayOwner(field)
    target.pointee = ArrowArray(
      length: Int64(field.length), null_count: Int64(field.nullCount), offset: 0, n_buffers: Int64(field.buffers.count),
      n_children: Int64(field.children.count), buffers: owner.buffers, children: owner.children.structures, dictionary: nil,
      release: releaseArrowArray,
      private_data: Unmanaged.passRetained(owner).toOpaque())
  }
}

/// The structures of a field's children, and their memory.
private final class ArrowChildren<Structure> {
  let structures: UnsafeMutablePointer<UnsafeMutablePointer<Structure>?>
  private let count: Int
  private let release: (UnsafeMutablePointer<Structure>) -> Void

  /// - Parameter release: of one structure, unless somebody moved it away: it has no release any more then.
  init(
    of fields: [ArrowExport.Field], export: (ArrowExport.Field, UnsafeMutablePointer<Structure>) -> Void,
    release: @escaping (UnsafeMutablePointer<Structure>) -> Void
  ) {
    self.release = release
    count = fields.count
    structures = .allocate(capacity: max(1, count))
    for (place, field) in fields.enumerated() {
      let target = UnsafeMutablePointer<Structure>.allocate(capacity: 1)
      export(field, target)
      (structures + place).initialize(to: target)
    }
  }

  deinit {
    for place in 0..<count {
      guard let child = structures[place] else { continue }
      release(child)
      child.deallocate()
    }
    structures.deallocate()
  }
}

/// The memory of an exported schema.
private final class SchemaOwner {
  let format: UnsafeMutablePointer<CChar>?
  let name: UnsafeMutablePointer<CChar>?
  let children: ArrowChildren<ArrowSchema>

  init(_ field: ArrowExport.Field) {
    format = strdup(field.format)
    name = strdup(field.name)
    children = ArrowChildren(of: field.children, export: ArrowExport.export(schemaOf:to:)) { $0.pointee.release?($0) }
  }

  deinit {
    free(format)
    free(name)
  }
}

/// The memory of an exported array.
private final class ArrayOwner {
  let buffers: UnsafeMutablePointer<UnsafeRawPointer?>
  let children: ArrowChildren<ArrowArray>
  private let owners: [any Sendable]

  init(_ field: ArrowExport.Field) {
    owners = field.owners
    buffers = .allocate(capacity: max(1, field.buffers.count))
    for (place, buffer) in field.buffers.enumerated() { (buffers + place).initialize(to: buffer) }
    children = ArrowChildren(of: field.children, export: ArrowExport.export(_:to:)) { $0.pointee.release?($0) }
  }

  deinit { buffers.deallocate() }
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
