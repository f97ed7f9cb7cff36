import ExperimentKit

/// The paper's figures and tables in its order, with what differs from it whatever the run.
enum PaperOrder {
  static let outline = ReportOutline(
    paper: "MISTIQUE: A System to Store and Query Model Intermediates for Model Diagnosis (Vartak et al., SIGMOD 2018)",
    exhibits: [
      .init(
        "Figure 5a", "fig5a-zillow-queries",
        differences: """
          The paper's pipelines run in Python for tens of seconds, ours for tenths of one, so that there is less for reading to save. KNN and VIS read every \
          column, and computing is most of the time of their reads.
          """),
      .init(
        "Figures 5b to 5d", "fig5-query-time",
        differences: """
          A neuron is read here without the rest of its layer, and decoded faster than gzip is. At layer 1 reading therefore wins where the paper re-runs, \
          except in full precision under the paper's own gzip.
          """),
      .init(
        "Figure 6a", "fig6a-zillow-storage",
        differences: """
          The paper's text gives 110 times and its plot 32. Predictions as the learners give them hardly repeat from pipeline to pipeline, and rounded ones do, \
          so both are stored here.
          """),
      .init(
        "Figure 6b", "fig6b-dnn-storage",
        differences: """
          The paper's gzip is here, and encodings that are chosen by content beside it. Gzip shrinks our activations further than the paper's, and pooled ones less \
          far than whole ones.
          """),
      .init(
        "Figure 7a", "fig7a-rerun-cost",
        differences: """
          Networks run on oneDNN, on other hardware. A batch has little fixed cost here, so that batches of 10 take about as long as large ones, and not 33 to 51 times as long.
          """),
      .init(
        "Figure 7b", "fig7b-read-cost",
        differences: """
          8BIT has about two thirds of LP's bytes here, and its codes become values in one look-up; in the paper reconstructing them costs more than reading \
          fewer bytes saves.
          """),
      .init(
        "Figure 8", "fig8-read-vs-rerun",
        differences: """
          As in figure 5d, reading layer 1 is cheaper here than in the paper. Where the curves cross, and whether they do, depends on how the layer is stored, so \
          that each way has a figure.
          """),
      .init(
        "Figure 9", "fig9-heatmaps",
        differences: """
          The paper shows the maps and lets the reader judge; here the share of cells that change visibly is counted.
          """),
      .init(
        "Table 2", "table2-svcca",
        differences: """
          The weights were trained here, and below scale paper there are fewer images. With nearly as many directions as images any logits can be fitted, so the coefficients are given with a cap \
          on directions too.
          """),
      .init(
        "Table 3", "table3-knn",
        differences: """
          Below scale paper fewer images are searched than the paper's 50,000. The weights were trained here.
          """),
      .init(
        "Figure 10", "fig10-adaptive",
        differences: """
          Re-running takes tenths of a second here and a minute in the paper, so that the paper's gamma of 0.5 s/KB stores nothing; smaller gammas are measured \
          beside it.
          """),
      .init(
        "Figure 11a", "fig11a-logging-overhead",
        differences: """
          The paper syncs every write, which it calls an upper bound; that bound and one commit per model are both measured. Pipelines run so fast here that \
          encoding what they read is a large share.
          """),
      .init(
        "Figure 11b", "fig11b-logging-overhead",
        differences: """
          Quantizing runs at the speed of memory here, so that the number of bytes decides what logging the CNN costs: storing everything is the dearest there, and not 8BIT. VGG16 takes most of the time to run.
          """),
      .init(
        "Figure 14", "fig14-column-compression",
        differences: """
          The columns are generated as the paper describes, and compressed on this machine. The paper's values are read off its plot.
          """),
    ])
}
