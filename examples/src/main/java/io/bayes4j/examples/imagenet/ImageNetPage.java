package io.bayes4j.examples.imagenet;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.uncertainty.ReliabilityBin;
import io.bayes4j.examples.QuantizationTables;
import io.bayes4j.quant.QuantizationReport;
import io.bayes4j.report.OwnReport;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** The page about networks whose predictions were counted and not kept. */
final class ImageNetPage {
  private static final List<String> COLUMNS =
      List.of(
          "",
          "Top-1",
          "Top-5",
          "NLL",
          "Brier score",
          "ECE",
          "AvU",
          "Certain up to, nats",
          "Seconds");

  private final OwnReport page;
  private final List<List<String>> rows = new ArrayList<>();
  private final Map<String, double[]> curves = new LinkedHashMap<>();
  private double[] places = {};

  ImageNetPage(CommandSpec spec, String summary) {
    page =
        Report.ofTables()
            .title("Torchvision's network on pictures in ImageNet's layout")
            .summary(summary + ".")
            .madeBy(
                "examples/run "
                    + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  @CanIgnoreReturnValue
  ImageNetPage add(String name, Tally tally) {
    List<String> row = new ArrayList<>(List.of(name));
    row.addAll(tally.row());
    rows.add(row);
    List<ReliabilityBin> bins = tally.reliability();
    places = bins.stream().mapToDouble(bin -> (bin.lower() + bin.upper()) / 2).toArray();
    curves.put("as it should be", places);
    curves.put(name, bins.stream().mapToDouble(ReliabilityBin::accuracy).toArray());
    return this;
  }

  @CanIgnoreReturnValue
  ImageNetPage layers(QuantizationReport layers) {
    QuantizationTables.addLayers(page, layers);
    return this;
  }

  Path write(Path file) throws IOException {
    return page.table("Figures", COLUMNS, rows)
        .curves(
            "How often it is right when it is so sure",
            "Pictures by the probability of the class that was answered; where the line lies below"
                + " the even one, the network is too sure. No point where there are no pictures.",
            "probability of the answer",
            places,
            "share that is right",
            curves)
        .write(file);
  }
}
