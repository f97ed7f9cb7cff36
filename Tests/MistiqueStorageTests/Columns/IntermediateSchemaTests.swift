import MistiqueStorage
import Testing

@Suite struct IntermediateSchemaTests {
  @Test("Schemas that could not be read back are not sound", arguments: [(4, 0, 4), (-1, 2, 2), (1, 8192, 4096)])
  func impossibleSchema(channels: Int, height: Int, width: Int) {
    let schema = IntermediateSchema.maps(channels: channels, height: height, width: width)
    #expect(!schema.isSound)
  }
}
