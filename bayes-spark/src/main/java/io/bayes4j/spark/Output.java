package io.bayes4j.spark;

import java.util.Locale;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** A column that scoring adds. */
enum Output {
  PROBABILITY(true),
  PREDICTION(true),
  ENTROPY(true),
  EXPECTED_ENTROPY(true),
  MUTUAL_INFORMATION(true),
  ANSWER(true),
  CONFORMAL_SET(true),
  MEAN(false),
  VARIANCE(false),
  EPISTEMIC_VARIANCE(false),
  ALEATORIC_VARIANCE(false);

  /** Whether it is about classes. */
  final boolean ofClasses;

  Output(boolean ofClasses) {
    this.ofClasses = ofClasses;
  }

  DataType type() {
    return switch (this) {
      case PREDICTION, ENTROPY, EXPECTED_ENTROPY, MUTUAL_INFORMATION -> DataTypes.DoubleType;
      case ANSWER -> DataTypes.IntegerType;
      case CONFORMAL_SET -> DataTypes.createArrayType(DataTypes.IntegerType, false);
      case PROBABILITY, MEAN, VARIANCE, EPISTEMIC_VARIANCE, ALEATORIC_VARIANCE ->
          SQLDataTypes.VectorType();
    };
  }

  /** The parameter that has the name of the column, such as "mutualInformationCol". */
  String column() {
    StringBuilder name = new StringBuilder();
    for (String part : name().split("_", -1)) {
      String rest = part.substring(1).toLowerCase(Locale.ROOT);
      name.append(name.isEmpty() ? part.toLowerCase(Locale.ROOT) : part.charAt(0) + rest);
    }
    return name.append("Col").toString();
  }

  boolean fits(Task task) {
    return ofClasses == (task != Task.REGRESSION);
  }
}
