import CMistique
import CMistiqueProgram
import Foundation
import TestSupport
import Testing

@testable import MistiqueABI

/// A C program that uses the interface as others would, and one that uses it as it should not.
struct CMistiqueTests {
  typealias Part = @convention(c) (UnsafePointer<CChar>?) -> UnsafePointer<CChar>?

  private func run(_ part: Part) {
    let folder = TemporaryDirectory("c")
    let failed = folder.path.withCString { part($0) }
    #expect(failed == nil, "\(failed.map { String(cString: $0) } ?? "")")
  }

  @Test("A C program captures, asks, lists, verifies and deletes") func walkThrough() { run(program_walk_through) }
  @Test("Arrays of any strides are stored as their shape says") func strides() { run(program_strides) }
  @Test("Every float16 and bfloat16 comes back with its bits") func halves() { run(program_halves) }
  @Test("Wrong handles and options are refused") func hostileHandles() { run(program_hostile_handles) }
  @Test("Wrong shapes, strides, types and names are refused") func hostileArrays() { run(program_hostile_arrays) }
  @Test("Rows are taken once, with all of their layers or not at all") func hostileRows() { run(program_hostile_rows) }
  @Test("Frames come in through Arrow and go out through Arrow") func frames() { run(program_frames) }
  @Test("Maps go out through Arrow without a copy") func stream() { run(program_stream) }
  @Test("An abandoned capture is resumed at its first missing row") func resume() { run(program_resume) }
  @Test("A stop ends what waits") func cancel() { run(program_cancel) }
  @Test("A function re-runs a captured model") func rerun() { run(program_rerun) }

  /// Forking a process of many threads, as the test runner is, is the case to be refused; under the address sanitizer it may hang.
  @Test("A forked child is refused") func fork() { run(program_fork) }

  @Test("The header is C99")
  func header() throws {
    let header = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/CMistique/include/mistique.h")
    let result = try Command.run(["clang", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-x", "c", header.path])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("The codes and types of the header are those of the implementation")
  func numbers() {
    let types = [
      MISTIQUE_FLOAT32, MISTIQUE_FLOAT16, MISTIQUE_BFLOAT16, MISTIQUE_FLOAT64, MISTIQUE_BOOL, MISTIQUE_INT8, MISTIQUE_UINT8, MISTIQUE_INT16,
      MISTIQUE_UINT16, MISTIQUE_INT32, MISTIQUE_INT64,
    ]
    #expect(ArrayElement.allCases.map { Int($0.rawValue) } == types)
    #expect(mistique_abi_version() == UInt32(MISTIQUE_ABI_VERSION))
  }
}
