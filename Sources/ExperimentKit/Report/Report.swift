import Foundation

/// What runs found, gathered from their rows and provenance alone: the claims are judged and the figures drawn anew.
package struct Report: Sendable {
  /// One experiment that was run.
  struct Run: Sendable {
    let experiment: Experiment
    let provenance: Provenance
    let claims: [ClaimResult]
    let keyFigures: [(label: String, text: String)]
    /// Key figures that the rows do not hold, with the reason.
    let absentFigures: [String]
    let pictures: [Picture]
    let rowCount: Int
  }

  /// One figure.
  struct Picture: Sendable {
    let name: String
    let title: String
    let notes: [String]
    /// The drawing, or why there is none.
    let drawing: Result<FigureSVG, Failure>
    let numbers: [FigureNumbers.Table]
  }

  struct Failure: Error, Equatable {
    let reason: String
  }

  let folder: ReportFolder
  let outline: ReportOutline
  let scale: Scale
  /// In the catalogue's order.
  let runs: [Run]
  /// Experiments that no run is there of; those on demand are missed by nobody.
  let missing: [Experiment]
  /// The way from the page to the folder of the rows, empty or with a slash at its end.
  var way = ""

  /// Reads, judges and draws every run in `folder`.
  ///
  /// A figure whose chart the rows do not hold is shown as not drawn. A run whose replacement a crash cut is recovered first.
  ///
  /// Throws: `ReportError` when there is no run or one is only half there, `FileError`, `CSVError` or `RecordError` when one is damaged, `FigureError` when
  /// gnuplot is missing or fails.
  package init(of laboratory: Laboratory, in folder: ReportFolder, outline: ReportOutline, renderer: FigureRenderer) throws {
    self.folder = folder
    self.outline = outline
    var (runs, missing): ([Run], [Experiment]) = ([], [])
    for experiment in laboratory.experiments {
      try folder.recover(experiment.name)
      let there = [ReportFolder.rows, ReportFolder.provenance].map { (name: $0, path: folder.path($0, of: experiment.name)) }
      let present = there.filter { AtomicFile.exists(folder.file($0.path)) }
      if present.isEmpty {
        if laboratory.usual.contains(where: { $0.name == experiment.name }) { missing.append(experiment) }
        continue
      }
      if let absent = there.first(where: { file in !present.contains { $0.name == file.name } }) {
        throw ReportError.half(experiment.name, present: present[0].path, absent: absent.path)
      }
      runs.append(try Self.run(experiment, in: folder, renderer: renderer))
    }
    guard let first = runs.first else { throw ReportError.nothingRun(folder: folder.url.path) }
    scale = first.provenance.settings.scale
    self.runs = runs
    self.missing = missing
  }

  private static func run(_ experiment: Experiment, in folder: ReportFolder, renderer: FigureRenderer) throws -> Run {
    let file = folder.file(folder.path(ReportFolder.provenance, of: experiment.name))
    let provenance = try AtomicFile.readJSON(Provenance.self, from: file)
    guard provenance.settings.experiment == experiment.name else {
      throw ReportError.otherExperiment(experiment.name, found: provenance.settings.experiment, file: file.path)
    }
    let table = try MeasurementTable(reading: folder.file(folder.path(ReportFolder.rows, of: experiment.name)))
    var keyFigures: [(label: String, text: String)] = []
    var absentFigures: [String] = []
    for figure in experiment.outcome.keyFigures {
      do { keyFigures.append((figure.label, try figure.text(table))) } catch { absentFigures.append("\(figure.label): \(error)") }
    }
    let pictures = try experiment.outcome.figures.filter { $0.isOf(table) }.map { figure in
      try picture(figure, of: experiment, table, stamp: provenance.stamp, in: folder, renderer: renderer)
    }
    return Run(
      experiment: experiment, provenance: provenance,
      claims: experiment.outcome.claims.map { $0.result(for: table, at: provenance.settings.scale) }, keyFigures: keyFigures,
      absentFigures: absentFigures,
      pictures: pictures, rowCount: table.rows.count)
  }

  private static func picture(
    _ figure: Figure, of experiment: Experiment, _ table: MeasurementTable, stamp: FigureStamp, in folder: ReportFolder,
    renderer: FigureRenderer
  ) throws -> Picture {
    do {
      let chart = try figure.chart(table)
      let drawn = folder.file(folder.path(figure: figure.name, of: experiment.name)).deletingLastPathComponent()
      return Picture(
        name: figure.name, title: chart.title, notes: chart.notes,
        drawing: .success(try renderer.drawing(of: chart, named: figure.name, stamp: stamp, drawnIn: drawn)),
        numbers: FigureNumbers(chart).tables)
    } catch let error as FigureError where !error.isOfChart {
      throw error
    } catch let error as FileError {
      throw error
    } catch {
      return Picture(name: figure.name, title: figure.name, notes: [], drawing: .failure(Failure(reason: "\(error)")), numbers: [])
    }
  }

  /// What the page shows as in error: claims that could not be judged, figures that could not be drawn, key figures that the rows do not hold.
  package var faults: [String] {
    runs.flatMap { run in
      run.claims.compactMap(\.fault)
        + run.absentFigures.map { "\(run.experiment.name): \($0)" }
        + run.pictures.compactMap { if case .failure(let failure) = $0.drawing { "\($0.name): \(failure.reason)" } else { nil } }
    }
  }

  /// Writes the page and its text into the folder, each whole or not at all. Returns both.
  ///
  /// Throws: `FileError`; the rows, and an earlier page, are then as they were.
  @discardableResult
  package func write(to output: URL? = nil) throws -> [URL] {
    let target = output ?? folder.url
    var report = self
    report.way = folder.way(from: target)
    let files = [target.appendingPathComponent("index.html"), target.appendingPathComponent("REPORT.md")]
    for (file, text) in zip(files, [ReportPage(report).html, ReportText(report).markdown]) {
      try AtomicFile.write(Array(text.utf8), to: file)
    }
    return files
  }
}

extension FigureError {
  /// Whether the rows are at fault, rather than gnuplot or the disk.
  fileprivate var isOfChart: Bool { if case .badChart = self { true } else { false } }
}
