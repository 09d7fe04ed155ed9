package io.bayes4j.examples.programs;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.report.BoxPlots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A study's tables, as people read them. */
final class StudyPage {
  private static final List<String> MEASURES = List.of("brier", "nll", "ece", "uce");

  private final StudyRecords records;
  private final List<String> rows;
  private final List<String> foreign;

  /**
   * Tables.
   *
   * @param rows that are done, the deterministic one first
   * @param foreign names of the sets of other things
   */
  StudyPage(StudyRecords records, List<String> rows, List<String> foreign) {
    this.records = records;
    this.rows = rows;
    this.foreign = foreign;
  }

  /**
   * A table.
   *
   * @param cells of each row, the first one its name
   */
  record Table(String heading, List<String> columns, List<List<String>> cells) {
    String markdown() {
      StringBuilder text = new StringBuilder("| " + String.join(" | ", columns) + " |\n");
      text.append("|").append("---|".repeat(columns.size())).append('\n');
      cells.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
      return text.toString();
    }
  }

  List<Table> tables() {
    return List.of(clean(), quartiles(), severities("ece"), severities("uce"));
  }

  private Table clean() {
    List<String> columns =
        new ArrayList<>(List.of("clean images", "accuracy", "NLL", "Brier", "ECE", "UCE"));
    foreign.forEach(name -> columns.add("AUROC " + name));
    List<List<String>> cells = new ArrayList<>();
    for (String row : rows) {
      List<String> own = new ArrayList<>(List.of(row));
      own.add(String.format(Locale.US, "%.2f %%", 100 * records.clean(row, "accuracy")));
      for (String measure : List.of("nll", "brier", "ece", "uce")) {
        own.add(number(records.clean(row, measure)));
      }
      foreign.forEach(
          name -> own.add(String.format(Locale.US, "%.3f", records.number(row, name, "auroc"))));
      cells.add(own);
    }
    return new Table("Clean, and beside images of other things", columns, cells);
  }

  /** As Table G.1 of Ovadia et al. 2019: over all corrupted sets. */
  private Table quartiles() {
    List<String> columns = new ArrayList<>(List.of("all corruptions, quartiles", "accuracy"));
    MEASURES.forEach(measure -> columns.add(word(measure)));
    columns.add("confidence less accuracy");
    List<List<String>> cells = new ArrayList<>();
    for (String row : rows) {
      List<String> own = new ArrayList<>(List.of(row));
      double[] accuracies = records.shifted(row, "accuracy", 0);
      own.add(String.format(Locale.US, "%.1f %%", 100 * BoxPlots.quantile(0.5, accuracies)));
      for (String measure : MEASURES) {
        double[] all = records.shifted(row, measure, 0);
        own.add(
            number(BoxPlots.quantile(0.25, all))
                + ", "
                + number(BoxPlots.quantile(0.5, all))
                + ", "
                + number(BoxPlots.quantile(0.75, all)));
      }
      own.add(
          String.format(
              Locale.US, "%+.4f", BoxPlots.quantile(0.5, records.shifted(row, "gap", 0))));
      cells.add(own);
    }
    return new Table("Under shift", columns, cells);
  }

  private Table severities(String measure) {
    String name = word(measure);
    List<String> columns = new ArrayList<>(List.of("median " + name + " at severity"));
    for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
      columns.add(Integer.toString(severity));
    }
    List<List<String>> cells = new ArrayList<>();
    for (String row : rows) {
      List<String> own = new ArrayList<>(List.of(row));
      for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
        own.add(number(BoxPlots.quantile(0.5, records.shifted(row, measure, severity))));
      }
      cells.add(own);
    }
    return new Table(name + " by severity", columns, cells);
  }

  /** A measure as people write it. */
  static String word(String measure) {
    return switch (measure) {
      case "accuracy" -> "Accuracy";
      case "brier" -> "Brier";
      default -> measure.toUpperCase(Locale.ROOT);
    };
  }

  private static String number(double value) {
    return String.format(Locale.US, "%.4f", value);
  }

  /** A group for the clean images, which have one number, and one for each severity. */
  BoxPlots plots(String measure) {
    Map<String, Map<String, double[]>> groups = new LinkedHashMap<>();
    Map<String, double[]> clean = new LinkedHashMap<>();
    rows.forEach(row -> clean.put(row, new double[] {records.clean(row, measure)}));
    groups.put(StudyRecords.CLEAN, clean);
    for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
      Map<String, double[]> boxes = new LinkedHashMap<>();
      for (String row : rows) {
        boxes.put(row, records.shifted(row, measure, severity));
      }
      groups.put("severity " + severity, boxes);
    }
    return BoxPlots.of(word(measure), groups);
  }

  /** How many corrupted sets each row does better on than the first. */
  List<String> verdicts() {
    String first = rows.get(0);
    return rows.stream()
        .skip(1)
        .map(
            row ->
                String.format(
                    Locale.US,
                    "%s beats %s in ECE on %d and in UCE on %d of %d corrupted sets",
                    row,
                    first,
                    wins(row, first, "ece"),
                    wins(row, first, "uce"),
                    records.shifted(row, "ece", 0).length))
        .collect(Collectors.toList());
  }

  private int wins(String row, String first, String measure) {
    double[] own = records.shifted(row, measure, 0);
    double[] others = records.shifted(first, measure, 0);
    int wins = 0;
    for (int i = 0; i < own.length; i++) {
      wins += own[i] < others[i] ? 1 : 0;
    }
    return wins;
  }
}
