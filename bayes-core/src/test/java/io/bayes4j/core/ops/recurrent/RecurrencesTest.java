package io.bayes4j.core.ops.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RecurrencesTest {
  private static Var leaf(long seed, long... shape) {
    return Var.leaf(Samples.normals(seed, shape));
  }

  private static Var state(RecurrentCell cell, Var state) {
    return cell.hasCell() ? state : null;
  }

  private static Var everything(Recurrences.Sequence run) {
    Var both = Ops.concat(0, Ops.reshape(run.output(), -1), Ops.reshape(run.hidden(), -1));
    return run.cell() == null ? both : Ops.concat(0, both, Ops.reshape(run.cell(), -1));
  }

  /** The sum of terms that the operation makes for one step, from elementary operations. */
  private static Var affine(Var h, List<AffineTerm> terms) {
    Var sum = Var.constant(0);
    for (AffineTerm term : terms) {
      Var in = Ops.mul(h, Var.constant(term.inputFactors()));
      Var y = Ops.add(Ops.matmul(in, Ops.permute(term.kernel(), 1, 0)), term.bias());
      sum = Ops.add(sum, Ops.mul(y, Var.constant(term.outputFactors())));
    }
    return sum;
  }

  private static List<AffineTerm> twoTerms(int gates, int examples, int units) {
    Noise noise = Noise.seeded(1);
    return List.of(
        new Weights(leaf(2, (long) gates * units, units), leaf(3, (long) gates * units))
            .term(Nd4j.ones(examples, units), Nd4j.ones(examples, (long) gates * units)),
        new Weights(leaf(4, (long) gates * units, units), leaf(5, (long) gates * units))
            .term(
                noise.split(0).signs(examples, units),
                noise.split(1).signs(examples, (long) gates * units)));
  }

  private static Var gate(Var a, int index, int units) {
    return Ops.slice(a, 1, (long) index * units, (index + 1L) * units);
  }

  @Test
  void oneStepOfAnLstmIsItsEquations() {
    List<AffineTerm> terms = twoTerms(4, 2, 3);
    Var u = leaf(6, 2, 1, 12);
    Var h = leaf(7, 2, 3);
    Var c = leaf(8, 2, 3);
    Recurrences.Sequence run =
        Recurrences.run(RecurrentCell.LSTM, List.of(InputTerm.of(u)), h, c, terms, false);

    Var a = Ops.add(Ops.reshape(u, 2, 12), affine(h, terms));
    Var cell =
        Ops.add(
            Ops.mul(Activations.sigmoid(gate(a, 1, 3)), c),
            Ops.mul(Activations.sigmoid(gate(a, 0, 3)), Activations.tanh(gate(a, 2, 3))));
    Var hidden = Ops.mul(Activations.sigmoid(gate(a, 3, 3)), Activations.tanh(cell));
    Doubles.assertClose("hidden", run.hidden().value(), hidden.value(), 1e-5);
    Doubles.assertClose("cell", run.cell().value(), cell.value(), 1e-5);
  }

  @Test
  void oneStepOfAGruIsItsEquations() {
    List<AffineTerm> terms = twoTerms(3, 2, 3);
    Var u = leaf(6, 2, 1, 9);
    Var h = leaf(7, 2, 3);
    Recurrences.Sequence run =
        Recurrences.run(RecurrentCell.GRU, List.of(InputTerm.of(u)), h, null, terms, false);

    Var given = Ops.reshape(u, 2, 9);
    Var v = affine(h, terms);
    Var r = Activations.sigmoid(Ops.add(gate(given, 0, 3), gate(v, 0, 3)));
    Var z = Activations.sigmoid(Ops.add(gate(given, 1, 3), gate(v, 1, 3)));
    Var n = Activations.tanh(Ops.add(gate(given, 2, 3), Ops.mul(r, gate(v, 2, 3))));
    Var hidden = Ops.add(n, Ops.mul(z, Ops.sub(h, n)));
    Doubles.assertClose("hidden", run.hidden().value(), hidden.value(), 1e-5);
    assertThat(run.cell()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfAllInputsInBothDirections(RecurrentCell cell) {
    int gates = cell.gates();
    List<AffineTerm> terms = twoTerms(gates, 2, 2);
    Var u = leaf(6, 2, 3, gates * 2L);
    Var h = leaf(7, 2, 2);
    Var c = leaf(8, 2, 2);
    for (boolean reverse : new boolean[] {false, true}) {
      GradientCheck check =
          GradientCheck.of(
              () ->
                  everything(
                      Recurrences.run(
                          cell, List.of(InputTerm.of(u)), h, state(cell, c), terms, reverse)));
      AffineTerm first = terms.get(0);
      AffineTerm second = terms.get(1);
      check.elements(8).run(u, h, first.kernel(), first.bias(), second.kernel(), second.bias());
      if (cell.hasCell()) {
        check.run(c);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsBackwardsWhatWasTurnedRound(RecurrentCell cell) {
    List<AffineTerm> terms = twoTerms(cell.gates(), 2, 3);
    Var u = leaf(6, 2, 4, cell.gates() * 3L);
    Var turned = Ops.concat(1, steps(u, 3), steps(u, 2), steps(u, 1), steps(u, 0));
    Var h = leaf(7, 2, 3);
    Var c = leaf(8, 2, 3);
    Recurrences.Sequence back =
        Recurrences.run(cell, List.of(InputTerm.of(u)), h, state(cell, c), terms, true);
    Recurrences.Sequence forth =
        Recurrences.run(cell, List.of(InputTerm.of(turned)), h, state(cell, c), terms, false);
    Doubles.assertClose("hidden", back.hidden().value(), forth.hidden().value(), 1e-6);
    for (int t = 0; t < 4; t++) {
      Doubles.assertClose(
          "step " + t, steps(back.output(), t).value(), steps(forth.output(), 3 - t).value(), 1e-6);
    }
  }

  private static Var steps(Var x, long t) {
    return Ops.slice(x, 1, t, t + 1);
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBitsForAnyNumberOfThreads(RecurrentCell cell) {
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      INDArray one = largeBatch(cell);
      Parallel.setThreads(3);
      assertThat(Doubles.of(largeBatch(cell))).isEqualTo(Doubles.of(one));
    } finally {
      Parallel.setThreads(before);
    }
  }

  /** Outputs and gradients of more examples than a thread takes at once. */
  private static INDArray largeBatch(RecurrentCell cell) {
    int examples = 1100;
    List<AffineTerm> terms = twoTerms(cell.gates(), examples, 32);
    Var u = leaf(6, examples, 2, cell.gates() * 32L);
    Var h = leaf(7, examples, 32);
    Var c = leaf(8, examples, 32);
    Var y =
        everything(
            Recurrences.run(cell, List.of(InputTerm.of(u)), h, state(cell, c), terms, false));
    INDArray gradient = Gradients.of(Ops.sum(Ops.square(y))).get(u);
    return Nd4j.concat(0, y.value(), gradient.reshape(-1));
  }

  /** More examples than are scanned together, with a last range that is not full. */
  @ParameterizedTest
  @EnumSource
  void examplesOfALargeBatchDoNotSeeEachOther(RecurrentCell cell) {
    int examples = 70;
    long width = cell.gates() * 3L;
    List<AffineTerm> terms = twoTerms(cell.gates(), examples, 3);
    Var u = leaf(6, examples, 2, width);
    InputTerm input = new InputTerm(u, leaf(9, width), Noise.seeded(2).signs(examples, width));
    Var h = leaf(7, examples, 3);
    Var c = leaf(8, examples, 3);
    Recurrences.Sequence all =
        Recurrences.run(cell, List.of(input), h, state(cell, c), terms, true);
    Gradients gradients = Gradients.of(Ops.sum(Ops.square(everything(all))));
    INDArray biasGradients = Nd4j.zeros(width);
    for (int n = 0; n < examples; n++) {
      Var one = Ops.slice(h, 0, n, n + 1);
      List<InputTerm> given =
          List.of(new InputTerm(rows(u, n), input.bias(), row(input.outputFactors(), n)));
      Recurrences.Sequence alone =
          Recurrences.run(cell, given, one, state(cell, rows(c, n)), termsOf(terms, n), true);
      Doubles.assertClose("y", rows(all.output(), n).value(), alone.output().value(), 1e-5);
      Gradients ofOne = Gradients.of(Ops.sum(Ops.square(everything(alone))));
      biasGradients.addi(ofOne.get(input.bias()));
      INDArray expected = rows(Var.constant(ofOne.get(u)), n).value();
      Doubles.assertClose("u", rows(Var.constant(gradients.get(u)), n).value(), expected, 1e-5);
    }
    Doubles.assertClose("bias", gradients.get(input.bias()), biasGradients, 1e-5);
  }

  private static Var rows(Var x, int n) {
    return Ops.slice(x, 0, n, n + 1);
  }

  private static INDArray row(INDArray factors, int n) {
    return rows(Var.constant(factors), n).value();
  }

  private static List<AffineTerm> termsOf(List<AffineTerm> terms, int n) {
    return terms.stream()
        .map(
            t ->
                new Weights(t.kernel(), t.bias())
                    .term(row(t.inputFactors(), n), row(t.outputFactors(), n)))
        .toList();
  }

  @Test
  void saturatedGatesStayFinite() {
    Var u = Var.leaf(Nd4j.createFromArray(new float[] {-1e4f, 1e4f, -1e4f, 1e4f}).reshape(1, 1, 4));
    Var zero = Var.constant(Nd4j.zeros(1, 1));
    List<AffineTerm> none = List.of(new Weights(Var.constant(Nd4j.zeros(4, 1)), null).term());
    Var c = Var.leaf(Nd4j.ones(1, 1).mul(3));
    Recurrences.Sequence run =
        Recurrences.run(RecurrentCell.LSTM, List.of(InputTerm.of(u)), zero, c, none, false);
    assertThat(run.cell().item()).isEqualTo(3);
    Doubles.assertClose(
        "gradient",
        Gradients.of(Ops.sum(run.output())).get(u),
        new long[] {1, 1, 4},
        new double[4],
        0);
  }

  @Test
  void refusesWhatDoesNotFitByName() {
    Var u = leaf(1, 2, 3, 8);
    Var h = leaf(2, 2, 2);
    List<AffineTerm> terms = List.of(new Weights(leaf(3, 8, 2), leaf(4, 8)).term());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Recurrences.run(
                    RecurrentCell.LSTM, List.of(InputTerm.of(u)), h, null, terms, false))
        .withMessage("state must be given for LSTM");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Recurrences.run(RecurrentCell.GRU, List.of(InputTerm.of(u)), h, null, terms, false))
        .withMessage("input must have shape [2, 3, 6], got [2, 3, 8]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Recurrences.run(
                    RecurrentCell.LSTM, List.of(InputTerm.of(u)), h, leaf(5, 1, 2), terms, false))
        .withMessage("state must have shape [2, 2], got [1, 2]");
    List<AffineTerm> wrong = List.of(new Weights(leaf(3, 8, 3), null).term());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Recurrences.run(RecurrentCell.LSTM, List.of(InputTerm.of(u)), h, h, wrong, false))
        .withMessage("kernel must have shape [8, 2], got [8, 3]");
    InputTerm biased = new InputTerm(u, leaf(4, 7), null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Recurrences.run(RecurrentCell.LSTM, List.of(biased), h, h, terms, false))
        .withMessage("bias must have shape [8], got [7]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Recurrences.run(RecurrentCell.LSTM, List.of(), h, h, terms, false))
        .withMessage("input must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Recurrences.run(
                    RecurrentCell.LSTM, List.of(InputTerm.of(u)), h, h, List.of(), false))
        .withMessage("terms must not be empty");
  }
}
