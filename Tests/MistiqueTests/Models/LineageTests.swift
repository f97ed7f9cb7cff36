import Foundation
import Testing

@testable import Mistique

@Suite("A lineage is what its recipe says, and nothing else") struct LineageTests {
  @Test("Different ingredients, orders and cuts are different lineages; the same ones are the same")
  func recipes() {
    let recipes: [(inout LineageRecipe) -> Void] = [
      { _ in },
      { $0.add(text: "") },
      { $0.add(text: "ab") },
      {
        $0.add(text: "a"); $0.add(text: "b")
      },
      {
        $0.add(text: "b"); $0.add(text: "a")
      },
      { $0.add(bytes: Array("ab".utf8)) },
      { $0.add(bytes: []) },
      { $0.add(number: 0) },
      { $0.add(number: 1) },
      { $0.add(number: -1) },
      { $0.add(number: .max) },
      { $0.add(real: 0) },
      { $0.add(real: -0.0) },
      { $0.add(real: 1) },
      { $0.add(real: .nan) },
      { $0.add(text: "1") },
      // One composed character, and two that look like it.
      { $0.add(text: "\u{E9}") },
      { $0.add(text: "e\u{301}") },
      { $0.add(lineage: LineageRecipe("x").lineage) },
      { $0.add(lineage: LineageRecipe("y").lineage) },
      { $0.add(text: "x") },
      { $0.add(bytes: LineageRecipe("x").lineage.bytes) },
    ]
    var seen: [Lineage: Int] = [:]
    for kind in ["kind", "other kind"] {
      for (number, add) in recipes.enumerated() {
        var (one, two) = (LineageRecipe(kind), LineageRecipe(kind))
        add(&one)
        add(&two)
        #expect(one.lineage == two.lineage)
        #expect(seen.updateValue(number, forKey: one.lineage) == nil, "recipe \(number) is another's too")
      }
    }
    #expect(seen.count == 2 * recipes.count)
  }

  @Test("A lineage comes back from its text, its bytes and JSON; nothing else is taken for one")
  func coding() throws {
    let lineage = LineageRecipe("x").lineage
    #expect(Lineage("\(lineage)") == lineage && "\(lineage)".utf8.count == 32)
    #expect(Lineage(bytes: lineage.bytes) == lineage && lineage.bytes.count == 16)
    #expect(try JSONDecoder().decode([Lineage].self, from: JSONEncoder().encode([lineage])) == [lineage])
    let text = "\(lineage)"
    let rest = String(text.dropFirst())
    let wrongs: [String] = ["", rest, text + "0", "G" + rest, "+" + rest, "A" + rest, " " + rest]
    for wrong in wrongs {
      #expect(Lineage(wrong) == nil, "\(wrong)")
      #expect(throws: DecodingError.self) { try JSONDecoder().decode([Lineage].self, from: JSONEncoder().encode([wrong])) }
    }
    #expect(Lineage(bytes: []) == nil && Lineage(bytes: [UInt8](repeating: 0, count: 17)) == nil)
  }

  @Test("Lineages stay what they are: stores hold them")
  func stable() {
    // A change of these numbers would find nothing again in any store. They are from Python's xxhash 4.1, over bytes that were put together by hand.
    let content = Array("content".utf8).withUnsafeBytes { Lineage(ofContent: $0) }
    #expect(content.description == "384f33c91cdd0f13c0566beb3133b142")
    var recipe = LineageRecipe("recipe")
    recipe.add(text: "a")
    recipe.add(number: -1)
    recipe.add(real: -0.0)
    recipe.add(lineage: content)
    recipe.add(bytes: [1, 2])
    #expect(recipe.lineage.description == "90914d5e5a2015ca8247babf6299a679")
    #expect(content != LineageRecipe("content").lineage)
  }

  @Test("A processor is known by its kind; two kinds in one machine are none")
  func processors() {
    let one = "processor\t: 0\nmodel name\t: A\nflags\t\t: avx\ncpu MHz\t\t: 1000\n"
    let other = "processor\t: 1\nmodel name\t: A\nflags\t\t: avx\ncpu MHz\t\t: 2000\n"
    let kind = ProcessorKind.processor(cpuInfo: one)
    #expect(kind != nil && ProcessorKind.processor(cpuInfo: one + "\n" + other) == kind)
    #expect(ProcessorKind.processor(cpuInfo: one + "\n" + other.replacingOccurrences(of: "avx", with: "sse")) == nil)
    #expect(ProcessorKind.processor(cpuInfo: other.replacingOccurrences(of: ": A", with: ": B")) != kind)
    #expect(ProcessorKind.processor(cpuInfo: nil) == nil && ProcessorKind.processor(cpuInfo: "") == nil)
  }

  @Test("Every line that tells the kind of a processor changes it, and what differs from one moment or core to the next does not")
  func processorLines() {
    let telling = [
      "vendor_id", "cpu family", "model", "model name", "stepping", "cache size", "siblings", "cpu cores", "flags", "CPU implementer",
      "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features",
    ]
    let others = ["processor", "cpu MHz", "physical id", "core id", "apicid", "bogomips", "BogoMIPS"]
    func kind(changing changed: String) -> String? {
      ProcessorKind.processor(cpuInfo: (telling + others).map { "\($0)\t: \($0 == changed ? "two" : "one")" }.joined(separator: "\n"))
    }
    for name in telling { #expect(kind(changing: name) != kind(changing: ""), "\(name)") }
    for name in others { #expect(kind(changing: name) == kind(changing: ""), "\(name)") }
  }

  @Test("Every variable that takes threads or instructions from a library changes the kind, and no other does")
  func environment() {
    let telling = [
      "OMP_THREAD_LIMIT", "OMP_DYNAMIC", "OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "DNNL_DEFAULT_FPMATH_MODE",
      "ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_CPU_ISA_HINTS", "ONEDNN_CPU_ISA_HINTS", "GLIBC_TUNABLES",
    ]
    var seen: Set<[String]> = [[]]
    for name in telling {
      for value in ["1", "2"] { #expect(seen.insert(ProcessorKind.environment([name: value, "HOME": "/"])).inserted, "\(name)=\(value)") }
    }
    // Programs that compute say how many threads they want.
    #expect(ProcessorKind.environment(["HOME": "/", "OMP_NUM_THREADS": "3"]).isEmpty)
  }
}
