import Synchronization

@testable import MistiqueStorage

/// Plain bytes with one more before them, by an encoding that breaks a promise of `FrameEncoding`: what the conformance suite must find.
struct BrokenEncoding: FrameEncoding {
  enum Fault: CaseIterable {
    /// It has none: what follows is not found because the double is broken anyway.
    case none
    case losesAByte
    case refusesWhatItServes
    case claimsMoreThanItsRoom
    case writesBesideItsRoom
    case usesMoreRoomThanItsBound
    case encodesByHistory
    case decodesAnySize
    case writesBesideTheOutput
    case namesNoPlace
    case throwsAnotherError
  }

  let fault: Fault

  private static let history = Atomic<Int>(0)

  var tag: UInt8 { 200 }

  func serves(_ content: FrameContent) -> Bool { true }

  func bound(_ count: Int) -> Int { count + 1 }

  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    switch fault {
    case .refusesWhatItServes where raw.count > 1000: return nil
    case .claimsMoreThanItsRoom where room.count <= raw.count: return raw.count + 1
    case .writesBesideItsRoom where room.count <= raw.count:
      (room.baseAddress! + room.count).storeBytes(of: 1, as: UInt8.self)
      return nil
    default: break
    }
    guard room.count > raw.count else { return nil }
    room[0] = 0
    UnsafeMutableRawBufferPointer(rebasing: room[1...]).copyMemory(from: raw)
    switch fault {
    case .losesAByte where !raw.isEmpty: room[raw.count] ^= 1
    case .usesMoreRoomThanItsBound where room.count > raw.count + 1: room[0] = 1
    case .encodesByHistory: room[0] = UInt8(Self.history.wrappingAdd(1, ordering: .relaxed).newValue & 1)
    default: break
    }
    return raw.count + 1
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    if fault == .writesBesideTheOutput { (output.baseAddress! + output.count).storeBytes(of: 1, as: UInt8.self) }
    guard fault == .decodesAnySize || stored.count == output.count + 1 else {
      throw fault == .throwsAnotherError
        ? StoreError(.inputOutput, "a frame is of another size", at: place, remedy: "None.")
        : StoreError.corrupt("a frame is of another size", at: fault == .namesNoPlace ? "somewhere" : place)
    }
    let count = min(output.count, max(0, stored.count - 1))
    output.copyMemory(from: UnsafeRawBufferPointer(rebasing: stored[(stored.count - count)...]))
  }
}
