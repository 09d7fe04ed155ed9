package io.bayes4j.onednn;

import io.bayes4j.core.memory.Arena;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A phase of batch normalisation on some rows: its arguments, in the order of their calls. */
final class NormPhase {
  private final WideRows rows;
  private final List<INDArray> arrays = new ArrayList<>();
  private final List<Operand> operands = new ArrayList<>();
  private final List<Integer> axes = new ArrayList<>();
  private final List<INDArray> own = new ArrayList<>();

  NormPhase(WideRows rows) {
    this.rows = rows;
  }

  /** These rows of a channels-last array, of which each piece has its part. */
  NormPhase rows(INDArray channelsLast) {
    INDArray matrix = rows.matrix(channelsLast);
    return with(matrix, Operand.of(matrix), 0);
  }

  /** A number for each channel. */
  NormPhase channels(float[] numbers) {
    INDArray vector = rows.repeat(numbers);
    own.add(vector);
    return whole(vector);
  }

  /** An array that all pieces read. */
  NormPhase whole(INDArray array) {
    return with(array, Operand.of(array), Division.WHOLE);
  }

  /** What each piece finds. */
  NormPhase finds(Findings findings) {
    Operand ofPiece = Operand.rowMajor(rows.length());
    return with(findings.first(), ofPiece, Division.SUMMED)
        .with(findings.second(), ofPiece, Division.SUMMED);
  }

  private NormPhase with(INDArray array, Operand operand, int axis) {
    arrays.add(array);
    operands.add(operand);
    axes.add(axis);
    return this;
  }

  void run(Runner runner, Operation operation, NormPlans.Norm norm) {
    Division division = Division.along(axes);
    runner.runPieces(
        operation,
        norm,
        new Pieces(division, operands, rows.count(), rows.grain()),
        arrays.toArray(INDArray[]::new));
    own.forEach(Arena::release);
  }
}
