package io.bayes4j.report;

import io.bayes4j.core.uncertainty.RefusalReport;
import java.util.List;

/** The figures that a reader should take home. */
final class Headline {
  private final Html html = new Html().open("ul", "class", "headline");

  static String of(Findings findings) {
    Headline headline = new Headline();
    String count = Numbers.count(findings.judged().count());
    if (findings.hasLabels()) {
      RefusalReport refusal = findings.refusal();
      headline
          .figure(
              Numbers.share(findings.scores().accuracy()),
              "of the "
                  + count
                  + " "
                  + findings.noun()
                  + " get the right answer, if it must answer every time.")
          .figure(
              Numbers.share(refusal.coverage()),
              "of them get an answer, if it may also say “I don’t know”.")
          .figure(Numbers.share(refusal.accuracy()), "of those answers are right.");
    } else {
      headline
          .figure(count, findings.noun() + " were shown; nobody told what they are.")
          .figure(
              Numbers.share(findings.coverage()),
              "of them get an answer, if it may also say “I don’t know”.")
          .figure(
              Numbers.twoDecimals(findings.judged().meanEntropy()),
              "is its mean uncertainty (predictive entropy, in nats).");
    }
    return headline.refusals(findings.foreign()).toString();
  }

  Headline figure(String number, String sentence) {
    html.open("li").element("strong", number).element("span", sentence).close();
    return this;
  }

  private Headline refusals(List<ForeignSet> sets) {
    if (sets.isEmpty()) {
      return this;
    }
    ForeignSet first = sets.get(0);
    html.open("li", "class", "foreign").element("strong", Numbers.share(first.refusedShare()));
    html.element("span", "of " + first.judged().name() + " are refused.");
    if (sets.size() > 1) {
      html.open("ul", "class", "also");
      for (ForeignSet set : sets.subList(1, sets.size())) {
        html.open("li").element("strong", Numbers.share(set.refusedShare()));
        html.element("span", " of " + set.judged().name()).close();
      }
      html.close();
    }
    html.close();
    return this;
  }

  @Override
  public String toString() {
    return html.close().toString();
  }
}
