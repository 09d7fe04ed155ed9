package io.bayes4j.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Pictures whose every place was classified, beside maps of what is said of them. */
final class Maps {
  private static final int OWN = 3;
  private static final int FOREIGN = 2;

  private final ClassNames names;
  private final List<Scenes> sets;
  private final int classes;

  /**
   * Pictures and what the model says of their places.
   *
   * @param title what stands above them
   * @param labels of all places, or null
   * @param shown the numbers of those that the page shows
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and not leaving this package.
  record Scenes(
      String title,
      Judged judged,
      Pictures pictures,
      int @Nullable [] labels,
      int[] decisions,
      int[] shown) {
    /** The model's own: the surest, the one in the middle, the least sure. */
    static Scenes own(Judged judged, Pictures pictures, int @Nullable [] labels, int[] decisions) {
      int[] order = order(judged, pictures.count(), judged::entropy);
      int[] shown =
          IntStream.of(0, order.length / 2, order.length - 1)
              .distinct()
              .limit(OWN)
              .map(i -> order[i])
              .toArray();
      return new Scenes(
          "The surest, one in the middle, and the least sure of these pictures",
          judged,
          pictures,
          labels,
          decisions,
          shown);
    }

    /** Of another set those of which least is known. */
    static Scenes foreign(Judged judged, Pictures pictures, int[] decisions) {
      int[] order = order(judged, pictures.count(), i -> -judged.mutualInformation(i));
      return new Scenes(
          "Of " + judged.name() + ", the pictures it knows least of",
          judged,
          pictures,
          null,
          decisions,
          IntStream.of(order).limit(FOREIGN).toArray());
    }

    /** Pictures by the sum of a number over their places. */
    private static int[] order(Judged judged, int count, IntToDoubleFunction number) {
      int area = judged.count() / count;
      double[] sums = new double[count];
      for (int i = 0; i < judged.count(); i++) {
        sums[i / area] += number.applyAsDouble(i);
      }
      return IntStream.range(0, count)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> sums[i]))
          .mapToInt(i -> i)
          .toArray();
    }

    double aleatoric(int place) {
      return Math.max(0, judged.entropy(place) - judged.mutualInformation(place));
    }

    double epistemic(int place) {
      return Math.max(0, judged.mutualInformation(place));
    }

    private double most(IntToDoubleFunction number) {
      int area = judged.count() / pictures.count();
      return IntStream.of(shown)
          .flatMap(one -> IntStream.range(one * area, (one + 1) * area))
          .mapToDouble(number)
          .max()
          .orElse(0);
    }
  }

  Maps(ClassNames names, int classes, List<Scenes> sets) {
    this.names = names;
    this.classes = classes;
    this.sets = List.copyOf(sets);
  }

  Section section() {
    double noise = Math.max(1e-6, most(scenes -> scenes.most(scenes::aleatoric)));
    double notKnown = Math.max(1e-6, most(scenes -> scenes.most(scenes::epistemic)));
    Html html = new Html();
    html.element(
        "p",
        "Noise is what no further example could teach: edges, and what is too far or too dim. Not"
            + " known is where the networks drawn disagree: what they have not learned. Both maps"
            + " are dark where there is none, and brightest at "
            + Numbers.twoDecimals(noise)
            + " and "
            + Numbers.twoDecimals(notKnown)
            + " nats. Refused places are black in the answer.",
        "class",
        "explain");
    legend(html);
    for (Scenes scenes : sets) {
      html.element("h3", scenes.title());
      for (int shown : scenes.shown()) {
        row(html, scenes, shown, noise, notKnown);
      }
    }
    String title = "Where it knows, and where not";
    return new Section("maps", title, title, html.toString());
  }

  private double most(ToDoubleFunction<Scenes> number) {
    return sets.stream().mapToDouble(number).max().orElse(0);
  }

  private void legend(Html html) {
    html.open("ul", "class", "legend");
    for (int k = 0; k < classes; k++) {
      html.open("li").open("svg", "viewBox", "0 0 10 10", "aria-hidden", "true");
      html.empty("rect", "width", "10", "height", "10", "fill", Colours.hex(Colours.ofClass(k)));
      html.close().text(names.of(k)).close();
    }
    html.close();
  }

  private void row(Html html, Scenes scenes, int picture, double noise, double notKnown) {
    Judged judged = scenes.judged();
    int[] size = judged.places();
    PlaceMap map = new PlaceMap(size[0], size[1], picture);
    html.open("ul", "class", "maps");
    Pictures pictures = scenes.pictures();
    item(html, "picture", pictures.png(picture), pictures.shownWidth(), pictures.shownHeight());
    int[] labels = scenes.labels();
    if (labels != null) {
      item(html, "truth", map, map.classes(place -> labels[place]));
    }
    int[] decisions = scenes.decisions();
    item(html, "answer", map, map.classes(place -> decisions[place]));
    item(
        html, words("noise", map.mean(scenes::aleatoric)), map, map.heat(scenes::aleatoric, noise));
    item(
        html,
        words("not known", map.mean(scenes::epistemic)),
        map,
        map.heat(scenes::epistemic, notKnown));
    html.close();
  }

  private static String words(String what, double mean) {
    return what + " (mean " + Numbers.significant(mean) + ")";
  }

  private static void item(Html html, String words, PlaceMap map, byte[] png) {
    item(html, words, png, map.width(), map.height());
  }

  private static void item(Html html, String words, byte[] png, int width, int height) {
    html.open("li");
    html.empty(
        "img",
        "src",
        "data:image/png;base64," + Base64.getEncoder().encodeToString(png),
        "width",
        String.valueOf(width),
        "height",
        String.valueOf(height),
        "alt",
        words);
    html.element("p", words).close();
  }

  /** All sets of which there are pictures to show. */
  static List<Scenes> of(
      Findings findings, @Nullable Pictures own, List<Optional<Pictures>> foreign) {
    List<Scenes> sets = new ArrayList<>();
    if (own != null) {
      sets.add(Scenes.own(findings.judged(), own, findings.labels(), findings.decisions()));
    }
    for (int i = 0; i < foreign.size(); i++) {
      ForeignSet set = findings.foreign().get(i);
      foreign
          .get(i)
          .map(pictures -> Scenes.foreign(set.judged(), pictures, set.decisions()))
          .ifPresent(sets::add);
    }
    return sets;
  }
}
