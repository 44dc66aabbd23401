//! Models that refer to each other, to themselves, and across modules.

use fastdjango::prelude::*;
use fastdjango::{Keyed, Value};
use fastdjango_core::model::Kind;

use crate::field;

mod people {
    use fastdjango::prelude::*;

    #[derive(Model)]
    #[model(app = "people")]
    pub(crate) struct Person {
        #[field(primary_key, auto)]
        pub(crate) id: i64,
        #[field(on_delete = set_null, related_name = "reports")]
        pub(crate) boss: Option<ForeignKey<Person>>,
        #[field(on_delete = restrict)]
        pub(crate) team: Option<ForeignKey<super::teams::Team, Uuid>>,
    }
}

mod teams {
    use fastdjango::prelude::*;

    #[derive(Model)]
    #[model(app = "teams")]
    pub(crate) struct Team {
        #[field(primary_key)]
        pub(crate) id: Uuid,
        #[field(on_delete = restrict)]
        pub(crate) lead: OneToOne<super::people::Person>,
        pub(crate) members: ManyToMany<super::people::Person>,
    }
}

/// A key that is a reference: the rows of a table that extends another.
#[derive(Model)]
#[model(app = "people")]
struct Profile {
    #[field(primary_key, on_delete = cascade)]
    person: OneToOne<people::Person>,
    bio: String,
}

/// A part of a whole of its own kind.
#[derive(Model)]
#[model(app = "people")]
struct Part {
    #[field(primary_key, auto)]
    id: i64,
    #[field(on_delete = cascade)]
    whole: Option<ForeignKey<Self>>,
    near: ManyToMany<Self>,
}

use people::Person;
use teams::Team;

fn person(id: i64) -> Person {
    Person { id, boss: None, team: None }
}

#[test]
fn models_may_refer_to_each_other_in_circles() {
    assert_eq!(field::<Person>("boss").facts.kind, Kind::ForeignKey { to: Person::LABEL, unique: false });
    assert_eq!(field::<Person>("team").facts.kind, Kind::ForeignKey { to: Team::LABEL, unique: false });
    assert_eq!(field::<Team>("lead").facts.kind, Kind::ForeignKey { to: Person::LABEL, unique: true });
    assert_eq!(field::<Team>("members").facts.kind, Kind::ManyToMany { to: Person::LABEL });
}

#[test]
fn a_reference_holds_the_key_of_its_row() {
    let boss = person(7);
    let report = Person { boss: Some(ForeignKey::to(&boss)), ..person(8) };
    assert_eq!(report.boss.map(|boss| *boss.key()), Some(7));
    let id = Uuid::from_u128(1);
    let team = Team { id, lead: 7.into(), members: ManyToMany::default() };
    let key: Uuid = team.key();
    assert_eq!(key, id);
}

#[test]
fn a_model_may_call_itself_self() {
    let part = Part { id: 2, whole: Some(ForeignKey::from(1)), near: ManyToMany::default() };
    assert_eq!(field::<Part>("whole").facts.kind, Kind::ForeignKey { to: Part::LABEL, unique: false });
    assert_eq!(field::<Part>("near").facts.kind, Kind::ManyToMany { to: Part::LABEL });
    assert_eq!(part.insert_values(), [("whole_id", Value::Integer(1))]);
}

#[test]
fn a_many_to_many_is_no_column() {
    let team = Team { id: Uuid::nil(), lead: 7.into(), members: ManyToMany::default() };
    let columns: Vec<&str> = team.insert_values().into_iter().map(|(column, _)| column).collect();
    assert_eq!(columns, ["id", "lead_id"]);
}

#[test]
fn a_key_may_be_a_reference() {
    let profile = Profile { person: OneToOne::to(&person(3)), bio: String::new() };
    assert_eq!(profile.insert_values()[0], ("person_id", Value::Integer(3)));
    assert_eq!(*Keyed::<OneToOne<Person>>::key(&profile).key(), 3);
}
