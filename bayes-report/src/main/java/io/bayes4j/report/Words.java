package io.bayes4j.report;

import io.bayes4j.report.Tables.Fact;
import java.util.ArrayList;
import java.util.List;

/** The glossary. */
final class Words {
  private static final List<Fact> OF_ANY_MODEL =
      List.of(
          new Fact(
              "Misfit",
              "Negative log-likelihood: minus the logarithm of the probability, or density, given to"
                  + " the truth, averaged."),
          new Fact(
              "Complexity",
              "Kullback-Leibler divergence from the prior to what was learned, divided as in the"
                  + " loss: the price of having learned."));

  private Words() {}

  static String ofClassification(int classes) {
    return html(
        List.of(
            new Fact("Confidence", "The probability it gives to its own answer."),
            new Fact(
                "Uncertainty",
                "Predictive entropy: how evenly its probabilities spread over the classes, in nats"
                    + " (the unit of natural logarithms). 0 is certain; "
                    + Numbers.twoDecimals(Math.log(classes))
                    + ", the logarithm of the number of classes, is “could be any”."),
            new Fact(
                "Disagreement",
                "Mutual information, in nats: the part of the uncertainty that comes from its"
                    + " opinions contradicting each other. It falls with more training data. The"
                    + " rest comes from the example: a sloppy 4 remains a sloppy 4."),
            new Fact("Calibration", "Whether “90\u202f% sure” is right nine times in ten.")));
  }

  static String ofAny() {
    return html(List.of());
  }

  static String ofRegression() {
    return html(
        List.of(
            new Fact(
                "Not known (epistemic)",
                "How far the networks drawn disagree about the mean. It falls with more training"
                    + " data, and grows away from them."),
            new Fact(
                "Noise (aleatoric)",
                "The spread that each network expects around its own mean. No data can lower it."),
            new Fact(
                "Range",
                "A 90\u202f% range holds the middle nine tenths of what the model expects: it should"
                    + " hold nine targets of ten."),
            new Fact("RMSE", "Root of the mean squared distance between target and prediction.")));
  }

  private static String html(List<Fact> own) {
    List<Fact> all = new ArrayList<>(own);
    all.addAll(OF_ANY_MODEL);
    Html html = new Html().open("dl", "class", "glossary");
    for (Fact word : all) {
      html.open("div").element("dt", word.name()).element("dd", word.value()).close();
    }
    return html.close().toString();
  }
}
