import Foundation
import Synchronization

/// The number of the case under way, in a file that outlives the process: written through a shared mapping, which costs nothing.
final class CaseNote: @unchecked Sendable {
  private static let digits = 20
  private let bytes: UnsafeMutablePointer<UInt8>
  private let count: Int
  private let prefixCount: Int

  init(name: String, settings: TortureSettings) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mistique-torture")
    // Without a note a crash could not be found again.
    try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent(name.replacingOccurrences(of: " ", with: "-") + ".case").path
    let prefix = Array("seed \(settings.seed), case ".utf8)
    let text = prefix + [UInt8](repeating: UInt8(ascii: "0"), count: Self.digits) + [UInt8(ascii: "\n")]
    (count, prefixCount) = (text.count, prefix.count)
    let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    precondition(descriptor >= 0 && ftruncate(descriptor, off_t(text.count)) == 0, "\(path) cannot be written")
    defer { close(descriptor) }
    let memory = mmap(nil, text.count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)!
    precondition(memory != MAP_FAILED, "\(path) cannot be mapped")
    bytes = memory.assumingMemoryBound(to: UInt8.self)
    bytes.update(from: text, count: text.count)
  }

  deinit { munmap(bytes, count) }

  /// What the watchdog looks at.
  private let current = Atomic<UInt64>(0)

  /// Written by the tester's thread alone.
  var number: UInt64 {
    get { current.load(ordering: .relaxed) }
    set {
      current.store(newValue, ordering: .relaxed)
      var rest = newValue
      for place in stride(from: prefixCount + Self.digits - 1, through: prefixCount, by: -1) {
        bytes[place] = UInt8(48 + rest % 10)
        rest /= 10
      }
    }
  }
}

/// Ends the process, saying which case it was, when the number of the case stays the same for too long.
final class Watchdog: @unchecked Sendable {
  private let condition = NSCondition()
  private var isStopped = false

  init(note: CaseNote, name: String, settings: TortureSettings, seconds: Int) {
    let thread = Thread { [self] in
      var (last, since) = (note.number, 0)
      condition.lock()
      while !isStopped {
        guard !condition.wait(until: Date(timeIntervalSinceNow: 1)), !isStopped else { continue }
        let number = note.number
        since = number == last ? since + 1 : 0
        last = number
        guard since >= seconds else { continue }
        FileHandle.standardError.write(Data("torture: \(name): case \(number) does not end; alone: \(settings.alone(number))\n".utf8))
        abort()
      }
      condition.unlock()
    }
    thread.name = "watchdog of \(name)"
    thread.start()
  }

  func stop() {
    condition.lock()
    isStopped = true
    condition.signal()
    condition.unlock()
  }
}
