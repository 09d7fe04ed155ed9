#!/bin/sh
# Whether Java records pass through Spark's serializers. Seen with Spark 4.2.0 (Kryo 4.0.3) on JDK 17.
#
# Guess: a record that is Serializable passes through both.
# Seen:  Java's serialization takes it. Kryo makes a FieldSerializer for it, which asks Unsafe for the places of its fields; Unsafe gives none
#        of records: "Unable to create serializer ... FieldSerializer". A final class with the same fields passes.
#        It is met late: where a job sends such objects (parallelize, shuffles, results), not where functions capture them.
#
# Needs a JDK 17 and Maven. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>org.scala-lang</groupId>
        <artifactId>scala-library</artifactId>
        <version>2.13.18</version>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>org.apache.spark</groupId>
      <artifactId>spark-mllib_2.13</artifactId>
      <version>4.2.0</version>
    </dependency>
  </dependencies>
</project>
POM
cat > Records.java <<'JAVA'
import java.io.Serializable;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import scala.reflect.ClassTag$;

public class Records {
  record Pair(int a, double[] b) implements Serializable {}

  static final class Plain implements Serializable {
    final int a = 1;
    final double[] b = {2};
  }

  static String passes(Serializer serializer, Object value) {
    try {
      serializer.newInstance().serialize(value, ClassTag$.MODULE$.apply(Object.class));
      return "passes";
    } catch (RuntimeException e) {
      return "fails";
    }
  }

  public static void main(String[] args) {
    SparkConf conf = new SparkConf();
    String seen = "java record " + passes(new JavaSerializer(conf), new Pair(1, new double[] {2}))
        + ", kryo record " + passes(new KryoSerializer(conf), new Pair(1, new double[] {2}))
        + ", kryo class " + passes(new KryoSerializer(conf), new Plain());
    System.out.println(seen);
    System.exit(seen.equals("java record passes, kryo record fails, kryo class passes") ? 0 : 1);
  }
}
JAVA
mvn -B -q dependency:build-classpath -Dmdep.outputFile=cp
javac -cp "$(cat cp)" Records.java
opens=""
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent \
    java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  opens="$opens --add-opens=java.base/$package=ALL-UNNAMED"
done
java $opens -cp ".:$(cat cp)" Records 2>log || { tail -5 log; exit 1; }
