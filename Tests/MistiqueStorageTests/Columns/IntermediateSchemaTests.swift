import MistiqueStorage
import Testing

@Suite struct IntermediateSchemaTests {
  @Test("Schemas that could not be read back are not sound", arguments: [(4, 0, 4), (-1, 2, 2), (1, 8192, 4096)])
  func impossibleSchema(channels: Int, height: Int, width: Int) {
    let schema = IntermediateSchema.maps(channels: channels, height: height, width: width)
    #expect(!schema.isSound)
  }

  @Test("Every rectangle of every map is the places that lie in it")
  func rectangles() {
    let (channels, height, width) = (2, 3, 4)
    let schema = IntermediateSchema.maps(channels: channels, height: height, width: width)
    for channel in 0..<channels {
      for top in 0..<height {
        for bottom in top..<height {
          for left in 0..<width {
            for right in left..<width {
              let places = (0..<height * width).filter {
                (top...bottom).contains($0 / width) && (left...right).contains($0 % width)
              }.map { channel * height * width + $0 }
              let name = "n\(channel)_\(top)-\(bottom)_\(left)-\(right)"
              let found = schema.columns(named: name)
              #expect(found?.flatMap { Array($0) } == places, "\(name)")
              if top == bottom, left == right { #expect(schema.columns(named: "n\(channel)_\(top)_\(left)") == found) }
              if places.count == height * width { #expect(schema.columns(named: "n\(channel)") == found) }
            }
          }
        }
      }
    }
    #expect(schema.columns(named: "n1_0-1_2") == [14..<15, 18..<19])
  }

  @Test(
    "What is no rectangle of a map names nothing",
    arguments: [
      "n", "n2", "n-1", "n+1", "n1_", "n1_1", "n1_1_1_1", "n1_3_0", "n1_0_4", "n1_0-3_0", "n1_2-1_0", "n1_0-_0", "n1_-1_0", "n1_0-1-2_0",
      "n1_0_0-4", "n1_+0_0", "n1_ 0_0", "N1", "1", "", "n99999999999999999999", "n1_0-99999999999999999999_0", "n\u{301}1",
    ])
  func noRectangles(name: String) {
    #expect(IntermediateSchema.maps(channels: 2, height: 3, width: 4).columns(named: name) == nil)
  }
}
