import Testing

@testable import experiments

@Suite struct ColourConceptsTests {
  private func name(_ red: Int, _ green: Int, _ blue: Int) -> String {
    ColourConcepts.names[ColourConcepts.concept(red: red, green: green, blue: blue)]
  }

  @Test("Colours that everybody names alike have that name")
  func names() {
    #expect(name(0, 0, 0) == "dark" && name(255, 255, 255) == "white" && name(128, 128, 128) == "grey")
    #expect(name(255, 0, 0) == "red" && name(0, 255, 0) == "green" && name(0, 0, 255) == "blue")
    #expect(name(255, 255, 0) == "yellow" && name(0, 255, 255) == "cyan" && name(255, 0, 255) == "purple")
    #expect(name(255, 128, 0) == "orange" && name(139, 69, 19) == "orange", "brown is a dark orange")
    #expect(name(135, 206, 250) == "blue", "light sky blue: a hue of 203 degrees")
    #expect(name(220, 20, 60) == "red", "crimson: a hue of 348 degrees")
    #expect(name(60, 0, 0) == "dark" && name(200, 190, 195) == "white" && name(180, 170, 175) == "grey")
  }

  @Test("Every pixel shows exactly one concept, and borders lie where the rules say")
  func partition() {
    for red in stride(from: 0, through: 255, by: 5) {
      for green in stride(from: 0, through: 255, by: 5) {
        for blue in stride(from: 0, through: 255, by: 5) {
          let concept = ColourConcepts.concept(red: red, green: green, blue: blue)
          #expect(ColourConcepts.names.indices.contains(concept))
        }
      }
    }
    #expect(name(63, 63, 63) == "dark" && name(64, 64, 64) == "grey", "V of 63.75 is a quarter")
    #expect(name(191, 191, 191) == "grey" && name(192, 192, 192) == "white", "V of 191.25 is three quarters")
    #expect(name(200, 171, 171) == "white" && name(200, 170, 170) == "red", "S of 0.15 has a hue")
    // Hue is 60 times the share of green: 15 degrees are a quarter, 45 three quarters.
    #expect(name(200, 49, 0) == "red" && name(200, 50, 0) == "orange" && name(200, 149, 0) == "orange" && name(200, 150, 0) == "yellow")
  }

  @Test("A picture's words have one bit each, at the place of the concept")
  func words() {
    #expect(ColourConcepts.shown([0xFF0000, 0x000000, 0x0000FF]) == [1 << 3, 1 << 0, 1 << 8])
  }
}
