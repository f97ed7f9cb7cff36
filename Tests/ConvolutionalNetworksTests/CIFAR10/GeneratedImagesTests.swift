import Testing

@testable import ConvolutionalNetworks

struct GeneratedImagesTests {
  @Test("An image depends on seed and index only")
  func seedAndIndex() {
    let all = GeneratedImages(seed: 9).images(count: 300)
    let some = GeneratedImages(seed: 9).images(137..<205)
    #expect(some.pixels == all[137..<205].pixels)
    #expect(some.labels == all[137..<205].labels)
    #expect(some.source == .generated(seed: 9))
    #expect(GeneratedImages(seed: 10).images(count: 1).pixels != all[0..<1].pixels)
  }

  @Test("The bytes are the same on every machine")
  func knownBytes() {
    // A change of this number changes every generated result: say so where results are recorded.
    #expect(GeneratedImages(seed: 1).images(count: 50).identity == "5590ac62c4144bff")
  }

  @Test("All classes occur, and the pixels are neither flat nor clipped")
  func classesAndPixels() {
    let images = GeneratedImages(seed: 4).images(count: 500)
    for label in 0..<10 { #expect(images.labels.count { $0 == label } > 25) }
    let mean = images.pixels.reduce(0.0) { $0 + Double($1) } / Double(images.pixels.count)
    let variance = images.pixels.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(images.pixels.count)
    #expect((100...140).contains(mean))
    #expect((40...80).contains(variance.squareRoot()))
    #expect(Double(images.pixels.count { $0 == 0 || $0 == 255 }) < 0.1 * Double(images.pixels.count))
  }

  @Test("Neighbouring pixels are alike, as in photographs")
  func neighbouringPixels() {
    let images = GeneratedImages(seed: 4).images(count: 50)
    var near = 0.0
    var far = 0.0
    for image in 0..<50 {
      for row in 0..<32 {
        let line = image * 3_072 + row * 32
        for column in 0..<16 {
          let pixel = Int(images.pixels[line + column])
          near += Double(abs(pixel - Int(images.pixels[line + column + 1])))
          far += Double(abs(pixel - Int(images.pixels[line + column + 16])))
        }
      }
    }
    #expect(near < 0.6 * far)
  }
}
