import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Partition files that are not what was written: an error each, never a crash, a hang or a wrong value.
///
/// `MISTIQUE_MUTANTS` says how many; `MISTIQUE_MUTANT_SEED` and `MISTIQUE_FIRST_MUTANT` begin where a run failed. Each mutant has a seed of
/// its own, and its number is kept in a file while it is read, so that one that ends the process can be found again.
@Suite(.serialized) struct MutationTests {
  private static func setting(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }

  private static let count = setting("MISTIQUE_MUTANTS") ?? 10_000
  private static let seed = setting("MISTIQUE_MUTANT_SEED") ?? 1
  private static let first = setting("MISTIQUE_FIRST_MUTANT") ?? 0
  /// A mutant is a few kilobytes; whatever takes longer than this does not end.
  private static let longest = Duration.seconds(5)
  /// A number in a directory may be 4 GiB; nothing may believe it. Of the whole process, so that other tests beside this one count too.
  private static let largestGrowth = 3 << 30

  @Test("A mutated partition is refused, or gives what was written")
  func mutants() throws {
    let subjects = try MutationSubject.all()
    let notes = TemporaryDirectory("mutants")
    let clock = ContinuousClock()
    let start = clock.now
    let memory = Self.peakBytes
    var outcomes = Outcomes()
    for number in Self.first..<Self.first + Self.count {
      var random = SeededRandom(seed: Self.seed &* 0x1_0000_0000 &+ number)
      let subject = subjects[Int(random.next() % UInt64(subjects.count))]
      // The values' partition is the first, and the largest.
      let place = random.next() % 2 == 0 ? 0 : Int(random.next() % UInt64(subject.partitions.count))
      let (id, path, mutator) = subject.partitions[place]
      let mutant = try mutator.mutant(&random)
      let what = "seed \(Self.seed), mutant \(number), \(subject.name), partition \(place): \(mutant.change)"
      MutationSubject.write(Array(what.utf8), to: "\(notes.path)/last")
      MutationSubject.write(mutant.bytes, to: path)
      let began = clock.now
      Self.judge(mutant, of: mutator, subject, id, path, what, &outcomes)
      #expect(clock.now - began < Self.longest, "\(what): took \(clock.now - began)")
      MutationSubject.write(mutator.original, to: path)
    }
    for subject in subjects { #expect(try subject.answer() == subject.expected, "the originals are back: \(subject.name)") }
    let growth = Self.peakBytes - memory
    #expect(growth < Self.largestGrowth, "\(growth) bytes of memory")
    print("\(Self.count) mutants from seed \(Self.seed) in \(clock.now - start): \(outcomes), \(growth >> 20) MB")
  }

  private struct Outcomes: CustomStringConvertible {
    var refused = 0
    var named = 0
    var rightValues = 0
    var otherValues = 0

    var description: String { "\(refused) refused, \(rightValues) right values, \(otherValues) of another name, \(named) unchanged" }
  }

  private static func judge(
    _ mutant: Mutant, of mutator: PartitionMutator, _ subject: MutationSubject, _ id: PartitionID, _ path: String, _ what: String,
    _ outcomes: inout Outcomes
  ) {
    var isSound = false
    do {
      let file = try PartitionFile(path: path)
      // Read on, whatever the name: what has another name may be refused or decode to something else, and nothing worse.
      let verification = Result { try file.verify() }
      try file.checkName(id)
      try verification.get()
      isSound = true
    } catch {
      #expect(error is StoreError, "\(what): \(error)")
    }
    if !mutant.isConsistent { #expect(isSound == (mutant.bytes == mutator.original), "\(what): must not pass for the original") }
    do {
      let answer = try subject.answer()
      if answer == subject.expected {
        outcomes.rightValues += 1
      } else {
        outcomes.otherValues += 1
        #expect(!isSound && mutant.isConsistent, "\(what): a wrong value")
      }
    } catch {
      #expect(error is StoreError || error is MutationSubject.TooLarge, "\(what): \(error)")
      #expect(!isSound, "\(what): the file is sound, and \(error)")
      outcomes.refused += 1
    }
    if isSound { outcomes.named += 1 }
  }

  private static var peakBytes: Int {
    var usage = rusage()
    getrusage(0, &usage)  // RUSAGE_SELF, an enum of another type where Glibc is imported
    return Int(usage.ru_maxrss) << 10
  }
}
