package io.bayes4j.report;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.Uncertainty;
import io.bayes4j.report.GalleryItem.ClassProbability;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Picks the pictures of a report that are worth looking at. */
final class Gallery {
  static final double LEVEL = 0.9;
  private static final int SHOWN = 6;

  /** A card with the bars of a thousand classes would be a page of its own. */
  private static final int MOST_CLASSES = 10;

  private final ClassNames names;

  Gallery(ClassNames names) {
    this.names = names;
  }

  /** The section's groups, each under its heading. */
  String html(Findings findings) {
    StringBuilder html = new StringBuilder();
    Pictures pictures = findings.pictures();
    if (pictures != null) {
      Judged judged = findings.judged();
      int[] labels = findings.labels();
      group(
          html,
          "What it is surest of",
          items(findings, pictures, i -> findings.rightIfKnown(i), 1));
      group(html, "What it is least sure of", items(findings, pictures, i -> true, -1));
      if (labels != null) {
        int[] decisions = findings.decisions();
        group(
            html,
            "Wrong, and sure of it",
            items(judged, pictures, labels, decisions, findings::answeredWrong, 1, SHOWN, null));
      }
    }
    List<GalleryItem> refused = refused(findings);
    if (!refused.isEmpty()) {
      group(html, "Other data, and refused", refused);
    }
    return html.toString();
  }

  private static void group(StringBuilder html, String heading, List<GalleryItem> items) {
    html.append(new Html().element("h3", heading)).append(GallerySection.of(items));
  }

  private List<GalleryItem> items(
      Findings findings, Pictures pictures, IntPredicate wanted, int sign) {
    return items(
        findings.judged(),
        pictures,
        findings.labels(),
        findings.decisions(),
        wanted,
        sign,
        SHOWN,
        null);
  }

  private List<GalleryItem> refused(Findings findings) {
    List<ForeignSet> sets = findings.foreign().stream().filter(s -> s.pictures() != null).toList();
    List<GalleryItem> items = new ArrayList<>();
    for (ForeignSet set : sets) {
      int[] decisions = set.decisions();
      items.addAll(
          items(
              set.judged(),
              Objects.requireNonNull(set.pictures()),
              null,
              decisions,
              i -> decisions[i] == RefusalRule.REFUSED,
              -1,
              Math.max(1, SHOWN / sets.size()),
              set.judged().name()));
    }
    return items;
  }

  /** The pictures that are asked for, by ascending entropy times the given sign. */
  private List<GalleryItem> items(
      Judged judged,
      Pictures pictures,
      int @Nullable [] labels,
      int[] decisions,
      IntPredicate wanted,
      int sign,
      int most,
      @Nullable String alone) {
    int[] chosen = first(judged.count(), wanted, i -> sign * judged.entropy(i), most);
    List<GalleryItem> items = new ArrayList<>();
    if (chosen.length == 0) {
      return items;
    }
    INDArray rows = judged.rowsOf(chosen);
    INDArray median = Uncertainty.median(rows);
    CredibleInterval interval = Uncertainty.interval(rows, LEVEL);
    for (int at = 0; at < chosen.length; at++) {
      int example = chosen[at];
      List<ClassProbability> all = probabilities(at, judged.classCount(), median, interval);
      int answer = decisions[example];
      OptionalInt truth = labels == null ? OptionalInt.empty() : OptionalInt.of(labels[example]);
      items.add(
          new GalleryItem(
              Base64.getEncoder().encodeToString(pictures.png(example)),
              pictures.shownWidth(),
              pictures.shownHeight(),
              Optional.ofNullable(alone),
              truth.isPresent() ? Optional.of(names.of(truth.getAsInt())) : Optional.empty(),
              answer == RefusalRule.REFUSED ? Optional.empty() : Optional.of(all.get(answer)),
              worthShowing(all),
              judged.entropy(example),
              judged.mutualInformation(example)));
    }
    return items;
  }

  private List<ClassProbability> probabilities(
      int at, int classes, INDArray median, CredibleInterval interval) {
    List<ClassProbability> all = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      all.add(
          new ClassProbability(
              names.of(k),
              median.getDouble(at, k),
              interval.lower().getDouble(at, k),
              interval.upper().getDouble(at, k)));
    }
    return all;
  }

  /** All classes in their order, or the most probable if there are too many. */
  private static List<ClassProbability> worthShowing(List<ClassProbability> all) {
    return all.size() <= MOST_CLASSES
        ? all
        : all.stream()
            .sorted(Comparator.comparingDouble(ClassProbability::upper).reversed())
            .limit(MOST_CLASSES / 2)
            .toList();
  }

  /** The wanted examples with the lowest keys, in their order; of equal ones the earlier. */
  private static int[] first(int count, IntPredicate wanted, IntToDoubleFunction key, int most) {
    Comparator<Integer> order =
        Comparator.<Integer>comparingDouble(key::applyAsDouble).thenComparing(i -> i);
    PriorityQueue<Integer> kept = new PriorityQueue<>(order.reversed());
    IntStream.range(0, count)
        .filter(wanted)
        .forEach(
            i -> {
              kept.add(i);
              if (kept.size() > most) {
                kept.remove();
              }
            });
    return kept.stream().sorted(order).mapToInt(i -> i).toArray();
  }
}
