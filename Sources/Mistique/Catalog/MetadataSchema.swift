internal import GRDB
import MistiqueStorage

/// The catalogue's tables. Migrations are only ever added.
enum MetadataSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(
        sql: """
          CREATE TABLE partition (
            id TEXT PRIMARY KEY, fileBytes INTEGER NOT NULL, rawBytes INTEGER NOT NULL,
            directoryBytes INTEGER NOT NULL, chunks INTEGER NOT NULL
          ) WITHOUT ROWID;
          CREATE TABLE model (
            id INTEGER PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, specification TEXT NOT NULL,
            policy TEXT NOT NULL, receiptPartition TEXT NOT NULL, receiptIndex INTEGER NOT NULL, restoreSeconds REAL NOT NULL DEFAULT 0,
            UNIQUE (project, name)
          );
          CREATE TABLE stage (
            modelID INTEGER NOT NULL REFERENCES model ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL,
            inputs TEXT NOT NULL, outputs TEXT NOT NULL, seconds REAL, batches INTEGER, rowsPerBatch INTEGER,
            PRIMARY KEY (modelID, position)
          ) WITHOUT ROWID;
          CREATE TABLE transformer (
            modelID INTEGER NOT NULL REFERENCES model ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL,
            partition TEXT NOT NULL, chunk INTEGER NOT NULL, PRIMARY KEY (modelID, position)
          ) WITHOUT ROWID;
          CREATE TABLE intermediate (
            id INTEGER PRIMARY KEY, modelID INTEGER NOT NULL REFERENCES model ON DELETE CASCADE, name TEXT NOT NULL,
            stage INTEGER NOT NULL, rows INTEGER NOT NULL, columns INTEGER NOT NULL, logicalBytes INTEGER NOT NULL,
            newBytes INTEGER NOT NULL, partition TEXT, chunk INTEGER, queries INTEGER NOT NULL DEFAULT 0, UNIQUE (modelID, name)
          );
          CREATE TABLE costConstant (name TEXT PRIMARY KEY, value REAL NOT NULL, samples INTEGER NOT NULL) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("v2: frames that deleted models leave behind") { database in
      try database.execute(sql: "ALTER TABLE partition ADD COLUMN freed BLOB NOT NULL DEFAULT x''")
    }
    migrator.registerMigration("v3: specifications are in the receipts") { database in
      try database.execute(sql: "ALTER TABLE model DROP COLUMN specification")
    }
    migrator.registerMigration("v4: re-runs from stored ancestors, and columns that are stored one by one") { database in
      try database.execute(
        sql: """
          ALTER TABLE stage ADD COLUMN fewSeconds REAL;
          ALTER TABLE stage ADD COLUMN fewBatches INTEGER;
          ALTER TABLE intermediate ADD COLUMN isPartial INTEGER NOT NULL DEFAULT 0;
          CREATE TABLE columnQuery (
            intermediateID INTEGER NOT NULL REFERENCES intermediate ON DELETE CASCADE, name TEXT NOT NULL, queries INTEGER NOT NULL,
            PRIMARY KEY (intermediateID, name)
          ) WITHOUT ROWID;
          DELETE FROM costConstant;
          """)
    }
    migrator.registerMigration("v5: what made intermediates and transformers") { database in
      try database.execute(
        sql: """
          ALTER TABLE intermediate ADD COLUMN lineage BLOB;
          ALTER TABLE transformer ADD COLUMN lineage BLOB;
          CREATE INDEX intermediateByLineage ON intermediate (lineage) WHERE lineage IS NOT NULL;
          CREATE INDEX transformerByLineage ON transformer (lineage) WHERE lineage IS NOT NULL;
          """)
    }
    migrator.registerMigration("v6: numbers are never used again") { database in
      try database.execute(
        sql: """
          CREATE TABLE lastNumber (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
          INSERT INTO lastNumber SELECT 'model', coalesce(max(id), 0) FROM model;
          INSERT INTO lastNumber SELECT 'intermediate', coalesce(max(id), 0) FROM intermediate;
          CREATE TRIGGER modelNumber AFTER INSERT ON model BEGIN
            UPDATE lastNumber SET value = max(value, NEW.id) WHERE name = 'model';
          END;
          CREATE TRIGGER intermediateNumber AFTER INSERT ON intermediate BEGIN
            UPDATE lastNumber SET value = max(value, NEW.id) WHERE name = 'intermediate';
          END;
          """)
    }
    return migrator
  }
}
