package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.PngImages;
import io.bayes4j.examples.report.DigitReport;
import io.bayes4j.examples.report.GalleryItem;
import io.bayes4j.examples.report.GalleryItem.ClassProbability;
import io.bayes4j.examples.report.Png;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Picks the images of the report that are worth looking at. */
final class Gallery {
  private static final int SHOWN = 6;
  private static final double LEVEL = 0.9;

  private Gallery() {}

  static DigitReport.Gallery of(Evaluation evaluation) throws IOException {
    Judged digits = evaluation.digits();
    int[] labels = digits.images().labels();
    int[] answers = digits.prediction().classes();
    List<GalleryItem> refused = new ArrayList<>();
    List<Evaluation.Foreign> foreign = evaluation.foreign();
    int each = Math.max(1, SHOWN / foreign.size());
    for (Evaluation.Foreign set : foreign) {
      Judged judged = set.judged();
      refused.addAll(items(judged, i -> judged.decisions()[i] == RefusalRule.REFUSED, -1, each));
    }
    return new DigitReport.Gallery(
        LEVEL,
        items(digits, i -> answers[i] == labels[i], 1, SHOWN),
        items(digits, i -> true, -1, SHOWN),
        items(
            digits,
            i -> digits.decisions()[i] != RefusalRule.REFUSED && digits.decisions()[i] != labels[i],
            1,
            SHOWN),
        refused);
  }

  /** The images that are asked for, by ascending entropy times the given sign. */
  private static List<GalleryItem> items(Judged judged, IntPredicate wanted, int sign, int most)
      throws IOException {
    List<Integer> indices =
        IntStream.range(0, judged.images().size())
            .filter(wanted)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> sign * judged.entropy()[i]))
            .limit(most)
            .toList();
    List<GalleryItem> items = new ArrayList<>();
    INDArray median = judged.prediction().quantile(0.5);
    CredibleInterval interval = judged.prediction().interval(LEVEL);
    for (int i : indices) {
      items.add(item(judged, i, median, interval));
    }
    return items;
  }

  private static GalleryItem item(Judged judged, int i, INDArray median, CredibleInterval interval)
      throws IOException {
    ImageSet images = judged.images();
    List<ClassProbability> classes = new ArrayList<>();
    for (int k = 0; k < median.size(1); k++) {
      classes.add(
          new ClassProbability(
              median.getDouble(i, k),
              interval.lower().getDouble(i, k),
              interval.upper().getDouble(i, k)));
    }
    int decision = judged.decisions()[i];
    return new GalleryItem(
        Png.of(PngImages.toPng(images.pixels(i), images.height(), images.width())),
        images.hasLabels() ? Optional.of(Integer.toString(images.label(i))) : Optional.empty(),
        decision == RefusalRule.REFUSED ? OptionalInt.empty() : OptionalInt.of(decision),
        classes,
        judged.entropy()[i],
        judged.mutualInformation()[i]);
  }
}
