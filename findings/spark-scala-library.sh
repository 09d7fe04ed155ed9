#!/bin/sh
# Which Scala Maven gives to a program whose one dependency is Spark's MLlib. Seen with spark-mllib_2.13 4.2.0 and Maven 3, JDK 17.
#
# Guess: the one that Spark was built with.
# Seen:  an older one, 2.13.13, of scala-parser-combinators, which MLlib names before spark-core: Spark's parent manages the version, which
#        helps Spark's build alone. Its classes are compiled against 2.13.18: starting a session fails with a NoSuchMethodError.
#        scala-library 2.13.18 in dependencyManagement helps.
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
  <dependencies>
    <dependency>
      <groupId>org.apache.spark</groupId>
      <artifactId>spark-mllib_2.13</artifactId>
      <version>4.2.0</version>
    </dependency>
  </dependencies>
</project>
POM
cat > Session.java <<'JAVA'
import org.apache.spark.sql.SparkSession;

public class Session {
  public static void main(String[] args) {
    try {
      SparkSession.builder().master("local[1]").config("spark.ui.enabled", "false").getOrCreate();
    } catch (NoSuchMethodError e) {
      System.out.println("seen: " + e.getMessage());
      System.exit(0);
    }
    System.out.println("the behaviour has changed: a session starts");
    System.exit(1);
  }
}
JAVA
mvn -B -q dependency:build-classpath -Dmdep.outputFile=cp
tr ':' '\n' < cp | grep scala-library
javac -cp "$(cat cp)" Session.java
SPARK_LOCAL_IP=127.0.0.1 java -cp ".:$(cat cp)" Session 2>log || { tail -5 log; exit 1; }
