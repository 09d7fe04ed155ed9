package io.bayes4j.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.report.Tables.Fact;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A report on a classifier, from {@link Report#of(Prediction, int[])}: calibration, what refusing
 * gains, other data, pictures, other predictors.
 */
public final class ClassificationReport extends Report<ClassificationReport> {
  private final Judged judged;
  private final int @Nullable [] labels;
  private final List<Judged> others = new ArrayList<>();
  private final List<Foreign> foreign = new ArrayList<>();
  private ClassNames names = new ClassNames(List.of());
  private Optional<RuleChoice> rule = Optional.empty();
  private @Nullable Pictures pictures;
  private @Nullable Findings findings;

  private record Foreign(Judged judged, @Nullable Pictures pictures) {}

  ClassificationReport(Prediction prediction, int @Nullable [] labels) {
    super("What this classifier knows, and what it does not");
    judged = Judged.of("this model", prediction);
    this.labels = labels;
    if (labels != null) {
      requireLabels(labels);
    }
  }

  private void requireLabels(int... labels) {
    Require.argument(
        labels.length == judged.count(),
        "labels must be one for each of %d examples, got %d",
        judged.count(),
        labels.length);
    for (int i = 0; i < labels.length; i++) {
      Require.argument(
          labels[i] >= 0 && labels[i] < judged.classCount(),
          "labels must be in [0, %d), got %d at %d",
          judged.classCount(),
          labels[i],
          i);
    }
  }

  /**
   * Names of the classes, in their order.
   *
   * @throws IllegalArgumentException if there is not a different one for each class
   */
  @CanIgnoreReturnValue
  public ClassificationReport classes(List<String> classes) {
    List<String> copy = List.copyOf(Require.elements(classes, "classes"));
    Require.argument(
        copy.size() == judged.classCount(),
        "classes must be one for each of %d classes, got %d",
        judged.classCount(),
        copy.size());
    Require.argument(
        new HashSet<>(copy).size() == copy.size(), "classes must differ, got %s", copy);
    names = new ClassNames(copy);
    return this;
  }

  /**
   * When the model answers; without it the page shows the limit on the entropy that answers nine
   * examples of ten.
   *
   * @param refusal the rule
   * @param choice how its threshold was chosen, as a sentence
   */
  @CanIgnoreReturnValue
  public ClassificationReport rule(RefusalRule refusal, String choice) {
    rule =
        Optional.of(
            new RuleChoice(Require.nonNull(refusal, "refusal"), Require.text(choice, "choice")));
    findings = null;
    return this;
  }

  /**
   * Another data set that the same model was shown; any number of them.
   *
   * @param name what its examples are called, such as "white noise"
   */
  @CanIgnoreReturnValue
  public ClassificationReport against(String name, Prediction prediction) {
    return addForeign(name, prediction, null);
  }

  /**
   * Another data set that the same model was shown, with its pictures.
   *
   * @throws IllegalArgumentException if it has other classes, or not a picture for each example
   */
  @CanIgnoreReturnValue
  public ClassificationReport against(String name, Prediction prediction, Pictures images) {
    return addForeign(name, prediction, Require.nonNull(images, "images"));
  }

  private ClassificationReport addForeign(
      String name, Prediction prediction, @Nullable Pictures images) {
    Judged other = judgedAlike(name, prediction);
    requirePictures(other, images);
    foreign.add(new Foreign(other, images));
    findings = null;
    return this;
  }

  private Judged judgedAlike(String name, Prediction prediction) {
    Require.text(name, "name");
    Judged other = Judged.of(name, Require.nonNull(prediction, "prediction"));
    Require.argument(
        other.classCount() == judged.classCount(),
        "%s must have %d classes, got %d",
        name,
        judged.classCount(),
        other.classCount());
    return other;
  }

  private static void requirePictures(Judged judged, @Nullable Pictures images) {
    Require.argument(
        images == null || images.count() == judged.count() || judged.hasScenes(images.count()),
        "images must be one for each of %d examples, got %d",
        judged.places().length == 0
            ? judged.count()
            : judged.count() / IntStream.of(judged.places()).reduce(1, (a, b) -> a * b),
        images == null ? 0 : images.count());
  }

  /**
   * The pictures that the examples are. Where every place of a picture, such as each pixel, has a
   * class of its own, the page shows pictures beside maps: classes, noise, and what is not known.
   *
   * @throws IllegalArgumentException if there is not one for each example
   */
  @CanIgnoreReturnValue
  public ClassificationReport pictures(Pictures images) {
    Require.nonNull(images, "images");
    requirePictures(judged, images);
    pictures = images;
    findings = null;
    return this;
  }

  /**
   * What another predictor said about the same examples: the same network before it was quantized,
   * or one of another kind. Any number of them.
   *
   * @param name such as "32-bit weights" or "MC dropout"
   * @throws IllegalArgumentException if it is about other examples or classes
   */
  @CanIgnoreReturnValue
  public ClassificationReport compare(String name, Prediction prediction) {
    Judged other = judgedAlike(name, prediction);
    Require.argument(
        other.count() == judged.count(),
        "%s must be about the same %d examples, got %d",
        name,
        judged.count(),
        other.count());
    others.add(other);
    findings = null;
    return this;
  }

  private static @Nullable Pictures ofExamples(Judged judged, @Nullable Pictures images) {
    return images == null || judged.hasScenes(images.count()) ? null : images;
  }

  private static @Nullable Pictures ofScenes(Judged judged, @Nullable Pictures images) {
    return images == null || !judged.hasScenes(images.count()) ? null : images;
  }

  private List<Maps.Scenes> scenes() {
    List<Optional<Pictures>> others = new ArrayList<>();
    foreign.forEach(set -> others.add(Optional.ofNullable(ofScenes(set.judged(), set.pictures()))));
    return Maps.of(findings(), ofScenes(judged, pictures), others);
  }

  private RuleChoice choice() {
    return rule.orElseGet(() -> RuleChoice.usual(judged, noun()));
  }

  private Findings findings() {
    if (findings == null || !findings.noun().equals(noun())) {
      RefusalRule when = choice().rule();
      findings =
          new Findings(
              judged,
              labels,
              when,
              judged.decisions(when),
              ofExamples(judged, pictures),
              foreign.stream()
                  .map(
                      set ->
                          ForeignSet.of(
                              judged, set.judged(), when, ofExamples(set.judged(), set.pictures())))
                  .toList(),
              List.copyOf(others),
              noun());
    }
    return findings;
  }

  @Override
  ClassificationReport self() {
    return this;
  }

  @Override
  String headline() {
    return Headline.of(findings());
  }

  @Override
  List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    if (judged.draws() > 1) {
      sections.add(Idea.section(judged.draws()));
    }
    List<Maps.Scenes> scenes = scenes();
    if (!scenes.isEmpty()) {
      sections.add(new Maps(names, judged.classCount(), scenes).section());
    }
    String gallery = new Gallery(names).html(findings());
    if (!gallery.isEmpty()) {
      sections.add(
          new Section(
              "gallery",
              "See for yourself",
              "See for yourself",
              Idea.galleryWords(judged.draws(), judged.classCount()) + gallery));
    }
    sections.add(new RefusalSection(findings()).section(choice().words(), names));
    if (labels != null) {
      sections.add(TrustSection.of(findings()));
    }
    if (!others.isEmpty()) {
      sections.add(new ComparisonSection(findings()).section());
    }
    return sections;
  }

  @Override
  Optional<Strips> strips() {
    return Optional.of(new RefusalSection(findings()).strips());
  }

  @Override
  List<Fact> facts() {
    return List.of(
        new Fact("Examples", Numbers.count(judged.count())),
        new Fact("Classes", Numbers.count(judged.classCount())),
        new Fact("Networks drawn for each example", Numbers.count(judged.draws())));
  }

  @Override
  String words() {
    return Words.ofClassification(judged.classCount());
  }
}
