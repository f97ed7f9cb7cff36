import Foundation
import TestSupport
import Testing

struct ExplainTests {
  @Test("explain lists the plans with what they take, marks one, and counts nothing")
  func explain() throws {
    let fixture = try QuestionFixture.network()
    let alone = try fixture.run(["explain", "S", "net.small.layer1.n3", "--rows", "5"])
    #expect(alone.status == 0 && alone.errors.contains("net.small.layer1: re-running was not weighed. Give --data"), "\(alone.errors)")
    let plans = try fixture.ask("explain", "S", "net.small.layer2.*", "net.small.layer4.*", "--images", ".")
    #expect(
      plans.columns == ["taken", "intermediate", "plan", "starts from", "predicted seconds", "frames", "bytes", "stages", "exact"])
    for intermediate in ["net.small.layer2", "net.small.layer4"] {
      let ours = plans.rows.filter { $0[1] as? String == intermediate }
      #expect(ours.count { $0[0] as? Bool == true } == 1 && ours.contains { $0[2] as? String == "read" })
      #expect(ours.contains { $0[2] as? String == "re-run" && $0[3] as? String == "the input" })
      for plan in ours { #expect((plan[4] as! NSNumber).doubleValue > 0 && plan[8] as? Bool == true) }
    }
    let forced = try fixture.ask("explain", "S", "net.small.layer4.*", "--images", ".", "--plan", "rerun")
    #expect(forced.rows.allSatisfy { $0[2] as? String == "re-run" } && (forced.rows[0][7] as! NSNumber).intValue == 5)
    #expect(try fixture.output("intermediates", "S", "net.small").split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(" 0") })
    try fixture.expectError(["explain", "S", "net.small.layer4.*", "--plan", "rerun"], "a re-run needs the images")
  }

  @Test("Of a pipeline it weighs a re-run from a stored intermediate too, and get takes the marked plan")
  func pipeline() throws {
    let fixture = try QuestionFixture.homes()
    let plans = try fixture.ask("explain", "S", "p.m.votes.*", "--data", "data")
    #expect(plans.rows.contains { $0[2] as? String == "re-run" && $0[3] as? String == "read" && ($0[7] as? NSNumber)?.intValue == 1 })
    let taken = try #require(plans.rows.first { $0[0] as? Bool == true })
    #expect(taken[2] as? String == "read")
    #expect(try fixture.run(["get", "S", "p.m.votes.*", "--data", "data"]).errors.contains("200 rows, read, "))
    let table = try fixture.output("explain", "S", "p.m.votes.*", "p.m.read.price", "--data", "data")
    #expect(table.split(separator: "\n").count { $0.hasPrefix("  *  p.m.") } == 2, "\(table)")
    let seconds = try plans.numbers("predicted seconds")
    #expect(seconds == seconds.sorted() && seconds.allSatisfy { $0 > 0 })
  }
}
