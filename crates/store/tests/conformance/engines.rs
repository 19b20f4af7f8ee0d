//! The engines: SQLite in a folder of the test's own, PostgreSQL in a database of its own.

use tributary_store::{Place, Which};

use crate::fixture::{Deployment, folder};

/// A deployment on every engine there is; the reason is printed where one is left out.
pub(crate) async fn engines(name: &str) -> Vec<Deployment> {
    let mut engines = vec![Deployment::sqlite(name).await];
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told of a cluster this way"
    )]
    let cluster = std::env::var("TRIBUTARY_TEST_POSTGRES");
    #[expect(
        clippy::print_stdout,
        reason = "whoever runs the tests reads why one is left out"
    )]
    match cluster {
        Ok(cluster) => engines.push(postgres(name, &cluster).await),
        Err(_) => println!("{name}: not on PostgreSQL, TRIBUTARY_TEST_POSTGRES is not set"),
    }
    engines
}

/// Alters a store by hand.
pub(crate) async fn by_hand(deployment: &Deployment, which: Which, sql: &str) {
    match deployment.place() {
        Place::Folder(folder) => {
            let file = folder.join(format!("{}.sqlite", which.name()));
            rusqlite::Connection::open(file)
                .unwrap()
                .execute_batch(sql)
                .unwrap();
        }
        Place::Postgres { address, .. } => {
            run(
                address,
                &format!("SET search_path TO tributary_{}; {sql}", which.name()),
            )
            .await;
        }
    }
}

async fn postgres(name: &str, cluster: &str) -> Deployment {
    let folder = folder(name);
    let database = folder
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .replace('-', "_");
    run(cluster, &format!("CREATE DATABASE {database}")).await;
    let address = format!("{cluster} dbname={database}");
    Deployment::open(
        Place::Postgres {
            address,
            folder: folder.clone(),
        },
        folder,
    )
    .await
}

async fn run(address: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
        .await
        .unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "a connection of a test, ended with its client"
    )]
    let driving = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driving.await.unwrap().unwrap();
}
