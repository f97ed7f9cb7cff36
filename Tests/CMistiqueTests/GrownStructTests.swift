import CMistique
import Mistique
import Testing

@testable import MistiqueABI

/// Structs of callers that were compiled against an older header.
struct GrownStructTests {
  private static let first = MemoryLayout<mistique_ask_options>.offset(of: \.within)!

  @Test("What an older caller does not have is not read, and gets its default")
  func older() throws {
    try "0.5rms".withCString { text in
      var options = mistique_ask_options()
      options.struct_size = Self.first
      options.plan = Int32(MISTIQUE_PLAN_READ)
      options.bound = -1
      // What lies behind the struct of an older caller is somebody else's.
      options.within = text
      let settings = try withUnsafePointer(to: options) { try AskSettings($0) }
      #expect(settings.accuracy == .stored && settings.preference == .read)
      options.struct_size = MemoryLayout<mistique_ask_options>.stride
      #expect(try withUnsafePointer(to: options) { try AskSettings($0) }.accuracy == .within(.relative(0.5)))
    }
  }

  @Test(
    "Sizes that no header ever had are refused", arguments: [0, 8, first - 1, first + 4, MemoryLayout<mistique_ask_options>.stride + 8])
  func others(size: Int) {
    var options = mistique_ask_options()
    options.struct_size = size
    #expect(throws: InterfaceError.self) { try withUnsafePointer(to: options) { try AskSettings($0) } }
  }

  @Test("A bound that is none, or that another accuracy contradicts, is refused", arguments: ["", "0", "-1rms", "rms", "nan", "much"])
  func bounds(text: String) {
    text.withCString { text in
      var options = mistique_ask_options()
      options.struct_size = MemoryLayout<mistique_ask_options>.stride
      options.bound = -1
      options.within = text
      #expect(throws: InterfaceError.self) { try withUnsafePointer(to: options) { try AskSettings($0) } }
      "1".withCString {
        options.within = $0
        options.accuracy = Int32(MISTIQUE_EXACT)
        #expect(throws: InterfaceError.self) { try withUnsafePointer(to: options) { try AskSettings($0) } }
      }
    }
  }
}
