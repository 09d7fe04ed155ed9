package io.bayes4j.report;

/** What is different about a Bayesian network, in three pictures. */
final class Idea {
  private Idea() {}

  static Section section(int draws) {
    String html = Resources.ofReport("idea.html").replace("{{opinions}}", Numbers.count(draws));
    return new Section("idea", "The idea", "What is different about this model", html);
  }

  static String galleryWords(int draws, int classes) {
    return new Html()
        .element(
            "p",
            "Each bar is how probable the model finds a class: the middle of its "
                + Numbers.count(draws)
                + " opinions. The thin line spans the middle "
                + Numbers.wholePercent(Gallery.LEVEL)
                + " of the opinions, so a long line means that they differ. The true class is set in"
                + " bold. Uncertainty runs from 0 (sure) to "
                + Numbers.twoDecimals(Math.log(classes))
                + " (all classes alike).",
            "class",
            "explain")
        .toString();
  }
}
