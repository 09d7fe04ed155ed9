package io.bayes4j.spark;

import io.bayes4j.core.uncertainty.OutOfDistributionEvaluator;
import io.bayes4j.core.uncertainty.OutOfDistributionScores;
import java.io.Serial;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Aggregator;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@link OutOfDistributionEvaluator} over the rows of a frame. */
final class OutOfDistributionAggregator extends Aggregator<Row, Object, Row> {
  @Serial private static final long serialVersionUID = 1;

  static final StructType INPUT =
      new StructType().add("score", DataTypes.DoubleType).add("out", DataTypes.BooleanType);

  private static final StructType OUTPUT =
      new StructType()
          .add("inCount", DataTypes.LongType)
          .add("outCount", DataTypes.LongType)
          .add("auroc", DataTypes.DoubleType)
          .add("auprIn", DataTypes.DoubleType)
          .add("auprOut", DataTypes.DoubleType)
          .add("fprAt95Tpr", DataTypes.DoubleType)
          .add("detectionAccuracy", DataTypes.DoubleType);

  private static final class Buffer {
    private final OutOfDistributionEvaluator evaluator = new OutOfDistributionEvaluator();
    private long in;
    private long out;

    void add(double score, boolean isOut) {
      if (isOut) {
        evaluator.addOut(new double[] {score});
        out++;
      } else {
        evaluator.addIn(new double[] {score});
        in++;
      }
    }

    Buffer merge(Buffer other) {
      evaluator.merge(other.evaluator);
      in += other.in;
      out += other.out;
      return this;
    }
  }

  @Override
  public Object zero() {
    return new Buffer();
  }

  @Override
  public Object reduce(Object buffer, Row row) {
    if (!row.anyNull()) {
      ((Buffer) buffer).add(row.getDouble(0), row.getBoolean(1));
    }
    return buffer;
  }

  @Override
  public Object merge(Object one, Object other) {
    return ((Buffer) one).merge((Buffer) other);
  }

  /** Null, not a mistake, where a group of rows is all of one kind. */
  @Override
  public Row finish(Object seen) {
    Buffer buffer = (Buffer) seen;
    if (buffer.in == 0 || buffer.out == 0) {
      return RowFactory.create(buffer.in, buffer.out, null, null, null, null, null);
    }
    OutOfDistributionScores scores = buffer.evaluator.scores();
    return RowFactory.create(
        buffer.in,
        buffer.out,
        scores.auroc(),
        scores.auprIn(),
        scores.auprOut(),
        scores.fprAt95Tpr(),
        scores.detectionAccuracy());
  }

  /** Of any object, since Spark takes public classes alone. */
  @Override
  public Encoder<Object> bufferEncoder() {
    return Encoders.kryo(Object.class);
  }

  @Override
  public Encoder<Row> outputEncoder() {
    return Encoders.row(OUTPUT);
  }
}
