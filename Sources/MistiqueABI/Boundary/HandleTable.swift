import CMistique
import Foundation
import Synchronization

/// The objects that callers hold, by their numbers.
///
/// A number is never used twice, and the numbers of two processes differ: a freed or foreign one is an error, never another object.
final class HandleTable: Sendable {
  static let shared = HandleTable()

  private struct State {
    var next: UInt64
    var objects: [UInt64: any AnyObject & Sendable] = [:]
  }

  private let first: UInt64
  private let state: Mutex<State>

  init() {
    first = UInt64(UInt32(bitPattern: getpid())) << 32 + 1
    state = Mutex(State(next: first))
  }

  func insert(_ object: any AnyObject & Sendable) -> UInt64 {
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.objects[number] = object
      return number
    }
  }

  /// - Throws: `InterfaceError` (`MISTIQUE_BAD_HANDLE`) for a number that names nothing, or something of another kind.
  func object<Object: AnyObject & Sendable>(_ number: UInt64, as type: Object.Type, called kind: String) throws -> Object {
    let (found, next) = state.withLock { ($0.objects[number], $0.next) }
    guard let found else { throw failure(number, kind, wasFreed: (first..<next).contains(number)) }
    guard let object = found as? Object else {
      throw InterfaceError(
        code: Int32(MISTIQUE_BAD_HANDLE), what: "handle \(number) is not of this kind", place: kind, remedy: "Pass the handle of a \(kind)."
      )
    }
    return object
  }

  /// Takes the object out: its number is an error from then on.
  func remove<Object: AnyObject & Sendable>(_ number: UInt64, as type: Object.Type, called kind: String) throws -> Object {
    let object = try object(number, as: type, called: kind)
    // Of two threads that free it, one does.
    guard state.withLock({ $0.objects.removeValue(forKey: number) }) != nil else { throw failure(number, kind, wasFreed: true) }
    return object
  }

  private func failure(_ number: UInt64, _ kind: String, wasFreed: Bool) -> InterfaceError {
    InterfaceError(
      code: Int32(MISTIQUE_BAD_HANDLE), what: wasFreed ? "handle \(number) was freed" : "there is no handle \(number)", place: kind,
      remedy: wasFreed ? "Use it before it is freed, or get a new one." : "Pass the number that the library gave.")
  }
}
