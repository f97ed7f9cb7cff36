import Testing

@testable import TabularPipelines

struct FittedStateTests {
  private let parameters = Parameters(["columns": .texts(["a"])], declarations: [ParameterDeclaration("columns", .texts)])

  private func opened(_ state: [UInt8], as transformer: String = "Scale") throws -> [UInt8] {
    try FittedState.opened(state, transformer: transformer, parameters: parameters)
  }

  @Test("An envelope gives its payload back, the empty one too", arguments: [0, 1, 300])
  func roundTrip(byteCount: Int) throws {
    let payload = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
    #expect(try opened(FittedState.sealed(payload, transformer: "Scale", parameters: parameters)) == payload)
  }

  @Test("An envelope has the layout that its description draws")
  func layout() {
    let state = FittedState.sealed([9, 8], transformer: "PCA", parameters: parameters)
    let text = #"columns=["a"]"#
    let head = Array("MFIT".utf8) + [1, 0] + [UInt8(4 + 3 + 4 + text.utf8.count + 2), 0, 0, 0, 0, 0, 0, 0]
    let body = [3, 0, 0, 0] + Array("PCA".utf8) + [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) + [9, 8]
    #expect(state.dropLast(8).elementsEqual(head + body))
  }

  @Test("Every way in which an envelope is wrong is an error of its own")
  func errors() {
    let state = FittedState.sealed([1, 2, 3], transformer: "Scale", parameters: parameters)
    #expect(throws: FittedStateError.notAState) { try opened([]) }
    #expect(throws: FittedStateError.notAState) { try opened(Array("MFIX".utf8) + state.dropFirst(4)) }
    var later = state
    later[4] = 2
    #expect(throws: FittedStateError.version(2)) { try opened(later) }
    #expect(throws: FittedStateError.truncated(expected: state.count, got: state.count - 1)) { try opened(state.dropLast()) }
    #expect(throws: FittedStateError.truncated(expected: state.count, got: state.count + 1)) { try opened(state + [0]) }
    var damaged = state
    damaged[state.count - 9] ^= 1
    #expect(throws: FittedStateError.checksum) { try opened(damaged) }
    #expect(throws: FittedStateError.otherTransformer(expected: "PCA", got: "Scale")) { try opened(state, as: "PCA") }
    let other = Parameters(["columns": .texts(["b"])], declarations: [ParameterDeclaration("columns", .texts)])
    #expect(throws: FittedStateError.otherParameters(transformer: "Scale")) {
      try FittedState.opened(state, transformer: "Scale", parameters: other)
    }
  }
}
