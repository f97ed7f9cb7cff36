import TestSupport
import Testing

@testable import Groundwork

@Suite struct StandardArithmeticTests {
  /// One third, rounded as the thread is set to.
  @inline(never) private static func third(_ one: Double) -> Double { one / 3 }

  @Test("The library rounds to nearest whatever the caller's thread does, and what it calls back as the caller's thread does")
  func running() {
    let nearest = Self.third(1)
    RoundingUp.running {
      #expect(Self.third(1) > nearest, "the thread rounds upwards")
      StandardArithmetic.running {
        #expect(Self.third(1) == nearest)
        StandardArithmetic.asCalled { #expect(Self.third(1) > nearest) }
        StandardArithmetic.running { #expect(Self.third(1) == nearest) }
        #expect(Self.third(1) == nearest)
      }
      #expect(Self.third(1) > nearest, "as it was")
    }
    #expect(Self.third(1) == nearest)
  }

  @Test("A thread that adopts it keeps it")
  func adopting() {
    let nearest = Self.third(1)
    RoundingUp.running {
      StandardArithmetic.adopt()
      #expect(Self.third(1) == nearest)
    }
  }
}
