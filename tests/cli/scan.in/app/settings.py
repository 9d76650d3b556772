DATABASE = "postgres://app:kJ8x92mQz7Lw@db.acme.io/app"
